import '../cases/page.css';
