import { renderCode, renderIncomplete, renderLine, renderNote, renderOutput, renderText, type RenderOptions } from '../../src/core/notes/render.js';
import type { Note } from '../../src/core/notes/model.js';

export const anyTarget: RenderOptions = { hasTopic: () => true, hasProject: () => true };

const body = `## The problem

Two checkout workers read a stock of 1, both see that one is left, both sell it. Each ran a correct program. The bug lives *between* them, and no unit test will find it. See [relational databases](topic:relational-databases) first, then the [PostgreSQL manual](https://www.postgresql.org/docs/current/transaction-iso.html).

- One worker reads \`stock\`, decides and writes.
- The other does the same **at the same time**.

## How isolation goes wrong

\`\`\`svg caption="Read Committed lets both reads see 1. Repeatable Read in PostgreSQL makes B fail with 40001 instead." alt="Both transactions read stock 1; each writes stock 0; two orders exist for one item."
<svg viewBox="0 0 560 200">
  <path class="dim" d="M90 34V190M280 34V190M470 34V190" stroke-dasharray="4 4"/>
  <rect class="box" x="40" y="8" width="100" height="26" rx="4"/><rect class="box" x="230" y="8" width="100" height="26" rx="4"/><rect class="box" x="420" y="8" width="100" height="26" rx="4"/>
  <text x="90" y="25" text-anchor="middle">Worker A</text><text x="280" y="25" text-anchor="middle">PostgreSQL</text><text x="470" y="25" text-anchor="middle">Worker B</text>
  <path class="accent" d="M90 60H274M470 84H286M90 116H274M470 148H286"/>
  <path class="accent fill-accent" d="M274 56l8 4-8 4zM286 80l-8 4 8 4zM274 112l8 4-8 4zM286 144l-8 4 8 4z"/>
  <text class="mono" x="185" y="54" text-anchor="middle">SELECT stock → 1</text><text class="mono" x="375" y="78" text-anchor="middle">SELECT stock → 1</text>
  <text class="mono" x="185" y="110" text-anchor="middle">UPDATE stock = 0</text><text class="mono" x="375" y="142" text-anchor="middle">UPDATE stock = 0</text>
  <text class="wrong" x="280" y="182" text-anchor="middle">two orders, one item: a lost update</text>
</svg>
\`\`\`

Every isolation level forbids some of these anomalies, and no more than it says.

\`\`\`sql why="needs two sessions" title="PostgreSQL 18, two sessions"
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT stock FROM items WHERE id = 7;          -- 1, in both sessions
UPDATE items SET stock = stock - 1 WHERE id = 7 AND name = 'a very long line that has to scroll inside its box';
\`\`\`

\`\`\`output
ERROR:  could not serialize access due to concurrent update
\`\`\`

> [!WARNING] Retry, with a limit
> An error that the application doesn't retry is an outage with better manners. Every serializable design needs a retry loop with a limit.

### A loop that retries

\`\`\`python why="shown, not run" title="retry.py"
import time

def retry(attempts: int = 3):
    """Runs the transaction again when the database asks for it."""
    for attempt in range(attempts):
        try:
            return transfer(amount=10.5, note="rent")
        except SerializationFailure:
            time.sleep(0.1 * 2 ** attempt)  # back off
\`\`\`

\`\`\`bash run title="Two writers, one file"
seq 3 | xargs -n1 -P3 sh -c 'echo "worker $0"' | sort
\`\`\`

\`\`\`output
worker 1
worker 2
worker 3
\`\`\`

> [!NOTE] In other databases
> MySQL's default is Repeatable Read, but its reads and its writes look at different snapshots.

## Choose

| You need | Use | It costs | Scales to |
| --- | --- | --- | ---: |
| One counter, one row | an atomic \`UPDATE … SET n = n - 1\` | nothing | 10,000 |
| Read, decide, write | \`SELECT … FOR UPDATE\` | waiting on hot rows | 1,000 |
| Invariants over many rows | Serializable, with retries | aborted work under contention | 100 |

1. Measure the contention.
2. Take the weakest level that is right.

> A database is a promise about what it will not do.

## Pitfalls

A \`SELECT\` outside the transaction decides on yesterday's data.
`;

const line = (text: string): string => renderLine(text, anyTarget).html;
const text = (source: string): string => renderText(source, anyTarget).html;
const points = (...points: string[]) => ({ points, pointsHtml: points.map(line) });
const steps = (...steps: string[]) => ({ steps, stepsHtml: steps.map(line) });

/** A note in which everything stands that a note can hold. */
export function sampleNote(change: Partial<Note> = {}): Note {
  const { html, headings, commands } = renderNote(body, anyTarget);
  return {
    topic: 'transactions-consistency',
    title: 'ACID transactions and consistency models',
    summary: 'Why two correct programs can empty one bank account, and what the database can and can’t do about it.',
    breadcrumb: ['Databases', 'Transactions and consistency'],
    complete: true,
    minutes: 24,
    prerequisites: [{ id: 'relational-databases', title: 'Relational databases' }],
    related: [{ id: 'replication-sharding', title: 'Replication and sharding' }, { id: 'indexing-optimization', title: 'Indexing and optimization' }],
    html,
    headings,
    commands,
    cards: [
      {
        kind: 'choice', id: 'repeatable-read-second-update', several: false,
        askHtml: text('Both workers run at **Repeatable Read** in PostgreSQL. What happens to the second `UPDATE`?'),
        options: [
          { html: line('It waits, then fails with a serialization error'), right: true, whyHtml: text('First-updater-wins: it waits for A, sees that A committed, and raises `40001`.') },
          { html: line('It overwrites A’s value'), right: false, whyHtml: text('That is Read Committed with a value computed before: the classic lost update.') },
          { html: line('It fails at once, without waiting'), right: false, whyHtml: text('Whether A commits is not known yet, so there is nothing to fail for.') },
        ],
      },
      {
        kind: 'choice', id: 'what-isolation-forbids', several: true,
        askHtml: text('Which of these does Serializable rule out?'),
        options: [
          { html: line('Lost updates'), right: true, whyHtml: text('No serial order loses one.') },
          { html: line('Write skew'), right: true, whyHtml: text('Snapshot isolation allows it, Serializable does not.') },
          { html: line('Deadlocks'), right: false, whyHtml: text('They are a price of locking, not an anomaly of the data.') },
        ],
      },
      {
        kind: 'recall', id: 'why-retry-loop', askHtml: text('Why does every Serializable design need a retry loop, and why with a limit?'),
        answerHtml: text('The database keeps its promise by aborting work that is *correct by itself*. Only the application can run it again. Without a limit, contention turns into a storm of retries.'),
        ...points('aborts are normal, not exceptional', 'only the application knows the whole transaction', 'unlimited retries make contention worse: `40001` again and again'),
      },
      {
        kind: 'predict', id: 'sorted-workers', askHtml: text('What does this print?'),
        codeHtml: renderCode('printf "%s\\n" b a | sort', 'bash'), outputHtml: renderOutput([['a'], ['b']]), whyHtml: text('`sort` reads all of its input before it writes its first line.'),
      },
      {
        kind: 'order', id: 'commit-path', askHtml: text('Put these in the order in which they happen.'),
        ...steps('The client sends `COMMIT`', 'The log record is written and flushed', 'Locks are released', 'The client hears of success'),
        whyHtml: text('Durability comes first: nobody may see a commit that a crash could undo.'),
      },
    ],
    sources: [
      { type: 'docs', title: 'PostgreSQL: Transaction Isolation', url: 'https://www.postgresql.org/docs/current/transaction-iso.html', why: 'Says exactly which anomalies each level allows in PostgreSQL.' },
      { type: 'paper', title: 'A Critique of ANSI SQL Isolation Levels', by: 'Hal Berenson and others', url: 'https://www.microsoft.com/en-us/research/publication/a-critique-of-ansi-sql-isolation-levels/', why: 'Names the anomalies that the standard forgot.' },
    ],
    stages: [
      { project: 'distributed-cache', projectTitle: 'Distributed cache', stage: 'atomic-operations', number: 6, title: 'Atomic operations' },
      { project: 'grpc-microservices', projectTitle: 'gRPC microservices', stage: 'inventory', number: 4, title: 'Inventory without overselling' },
    ],
    reviewed: '2026-11-22',
    ...change,
  };
}

/** A topic that has only what the source names of it. */
export function incompleteNote(): Note {
  const { minutes: _, ...note } = sampleNote();
  return {
    ...note,
    complete: false,
    html: renderIncomplete('Transactions: ACID properties, isolation levels, eventual consistency', [
      { name: 'ACID properties', text: 'Atomic, consistent, isolated, durable: four promises that a transaction makes. Each costs something.' },
      { name: 'Isolation levels', text: 'How much of the others’ unfinished work a transaction can see.' },
      { name: 'Eventual consistency', text: 'Copies that differ for a while, and agree when writing stops.' },
    ]),
    headings: [], cards: [], commands: [], stages: [],
  };
}
