import '../cases/page.css';
import '../contracts/page.css';
import './page.css';
