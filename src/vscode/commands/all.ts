import * as note from './noteCommands.js';
import * as practice from './practiceCommands.js';
import * as progress from './progressCommands.js';
import type { Command, Services } from './services.js';
import * as topic from './topicCommands.js';
import * as view from './viewCommands.js';

/** Every command of the extension. A test holds this list against package.json. */
export function allCommands(services: Services): Command[] {
  return [topic, view, note, practice, progress].flatMap((group) => Object.values(group)).map((command) => command(services));
}
