import * as vscode from 'vscode';

/** What a person did with one step of a multi-step input. */
export type Step<T> = { readonly type: 'chosen'; readonly value: T } | { readonly type: 'back' } | { readonly type: 'cancelled' };

/** Where a step stands: shown in its title. */
export interface Place {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly canGoBack: boolean;
}

/** One entry of a list. `value` undefined: shown only, can't be chosen. */
export interface Choice<T> extends vscode.QuickPickItem { readonly value?: T }

/** A list to choose one of. */
export function choose<T>(place: Place, placeholder: string, items: readonly Choice<T>[], active?: T): Promise<Step<T>> {
  const input = vscode.window.createQuickPick<Choice<T>>();
  input.placeholder = placeholder;
  input.items = items;
  input.matchOnDescription = true;
  const preferred = items.find((item) => item.value !== undefined && (active === undefined || item.value === active));
  if (preferred !== undefined) input.activeItems = [preferred];
  return run(input, place, () => input.selectedItems[0]?.value);
}

/** A line of text. `problem` says why a text is not accepted. */
export function ask(place: Place, prompt: string, value: string, problem: (text: string) => string | undefined): Promise<Step<string>> {
  const input = vscode.window.createInputBox();
  input.prompt = prompt;
  input.value = value;
  input.validationMessage = problem(value) ?? '';
  const typing = input.onDidChangeValue((text) => { input.validationMessage = problem(text) ?? ''; });
  return run(input, place, () => (problem(input.value) === undefined ? input.value : undefined)).finally(() => { typing.dispose(); });
}

type Input = Pick<vscode.InputBox, 'title' | 'step' | 'totalSteps' | 'ignoreFocusOut' | 'buttons' | 'onDidAccept' | 'onDidTriggerButton' | 'onDidHide' | 'show' | 'dispose'>;

function run<T>(input: Input, place: Place, accepted: () => T | undefined): Promise<Step<T>> {
  input.title = place.title;
  input.step = place.step;
  input.totalSteps = place.totalSteps;
  input.ignoreFocusOut = true;
  input.buttons = place.canGoBack ? [vscode.QuickInputButtons.Back] : [];
  return new Promise<Step<T>>((resolve) => {
    input.onDidAccept(() => {
      const value = accepted();
      if (value !== undefined) resolve({ type: 'chosen', value });
    });
    input.onDidTriggerButton((button) => { if (button === vscode.QuickInputButtons.Back) resolve({ type: 'back' }); });
    input.onDidHide(() => { resolve({ type: 'cancelled' }); });
    input.show();
  }).finally(() => { input.dispose(); });
}
