import '../cases/page.css';
import '../forms/form.js';
import './page.css';
import { showDiagrams } from '../diagrams/viewer.js';

showDiagrams();
