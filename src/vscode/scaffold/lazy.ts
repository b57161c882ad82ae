/** What scaffolding loads. */
export { scaffoldProject } from './scaffoldProject.js';
