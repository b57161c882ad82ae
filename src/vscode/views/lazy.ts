/** What the folded views load when they are opened. */
export { LibraryTree } from './libraryTree.js';
export { ProjectsTree } from './projectsTree.js';
