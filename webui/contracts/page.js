import '../cases/page.css';
import './page.css';
import { showDiagrams } from '../diagrams/viewer.js';

showDiagrams();
