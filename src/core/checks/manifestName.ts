/** The name of the file that makes a folder a scaffolded project. By itself, for what loads at start-up. */
export const manifestName = 'backend-roadmap.json';
