/** Drawn for this extension on a 16 px grid; they take the colour of the text around them. */
const paths = {
  back: 'M9.5 3.5 5 8l4.5 4.5',
  forward: 'M6.5 3.5 11 8l-4.5 4.5',
  up: 'M3.5 9.5 8 5l4.5 4.5',
  down: 'M3.5 6.5 8 11l4.5-4.5',
  print: 'M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z',
  check: 'm3 8.5 3.5 3.5L13 4.5',
  cross: 'm4 4 8 8m0-8-8 8',
  dot: 'M8 7.5v1',
  circle: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z',
  half: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM8 2.5v11a5.5 5.5 0 0 0 0-11z',
  doneRing: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM5.5 8.2l1.8 1.8 3.3-3.8',
  skipped: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM5 8h6',
  external: 'M6.5 3.5h-3v9h9v-3M9 3h4v4M12.5 3.5 7.5 8.5',
} as const;

export type IconName = keyof typeof paths;

/** Decoration only: what an icon means stands beside it in words, or in the button's label. */
export function icon(name: IconName): string {
  const half = name === 'half' ? '<path class="filled" d="M8 2.5v11a5.5 5.5 0 0 0 0-11z"/>' : '';
  return `<svg class="icon icon-${name}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false"><path d="${paths[name]}"/>${half}</svg>`;
}
