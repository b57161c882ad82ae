/** What opening a scaffolded project, or the first stage, loads. */
export { followContext, Practice } from './practice.js';
