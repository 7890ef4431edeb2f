import '../tasks/page.css';
import '../forms/form.js';
import './page.css';
