import * as assert from 'node:assert/strict';
import { isBookkeeping, normalized } from '../../../roadmap/projects/slow-api/checks/wire/statements.js';

describe('statements on the wire', () => {
  it('are bookkeeping when the driver, and not the API, asks for them', () => {
    for (const sql of ['BEGIN', ' commit;', 'start transaction read only', 'SET timezone = $1', 'SELECT 1', '', '-- ping', '/* pool */ SELECT 1;', 'SELECT pg_catalog.version()', 'SELECT oid FROM pg_type WHERE typname = $1']) {
      assert.equal(isBookkeeping(sql), true, sql);
    }
  });

  it('are work in any other case, a comment in front or not', () => {
    for (const sql of ['SELECT * FROM orders', '-- page\nSELECT id FROM orders', '/* begin */ INSERT INTO items VALUES ($1)', 'SELECT 1 FROM orders', '-- ping\nDELETE FROM orders']) {
      assert.equal(isBookkeeping(sql), false, sql);
    }
  });

  it('are the same whatever their white space and case', () => {
    assert.equal(normalized('SELECT *\n  FROM items  ;'), normalized('select * from items'));
  });
});
