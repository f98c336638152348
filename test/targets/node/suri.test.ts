import { describe, expect, it } from 'vitest';
import { PHRASE } from '../../../src/spec/accounts.js';
import { keyOfSuri } from '../../../src/targets/node/suri.js';

describe('a secret URI', () => {
  it.each(['//Alice', `${PHRASE}//Alice`, `0x${'01'.repeat(32)}`, `${PHRASE}/soft//hard///password`])(
    'is a key: %s',
    async (suri) => {
      expect((await keyOfSuri(suri)).account).toMatch(/^0x[0-9a-f]{64}$/);
    },
  );

  it('without a phrase is of the development phrase', async () => {
    expect((await keyOfSuri('//Alice')).account).toBe((await keyOfSuri(`${PHRASE}//Alice`)).account);
  });

  it.each(['', 'Alice', '0x1234', 'three word phrases', `${PHRASE} more`, 'bottom //'])(
    'is none, and is not repeated: "%s"',
    async (suri) => {
      const message = await keyOfSuri(suri).then(
        () => 'a key',
        (error: unknown) => String(error),
      );
      expect(message).toContain('expected //Alice, a phrase of 12 to 24 words, or 0x and 64 hex digits');
      if (suri.length > 5) expect(message).not.toContain(suri);
    },
  );
});
