// An OpenID Connect provider (npm oidc-provider) for oidc_test.py: whoever types a name is that
// person, and is a coordinator unless the name begins with "gaest". Settings come in
// the environment; prints "listening" when it does.
import fs from 'node:fs';
import https from 'node:https';

import Provider from 'oidc-provider';

const { ISSUER, KEY, CERTIFICATE, SIGNING_KEYS, CLIENTS } = process.env;

const provider = new Provider(ISSUER, {
  clients: JSON.parse(CLIENTS),
  jwks: JSON.parse(fs.readFileSync(SIGNING_KEYS, 'utf-8')),
  claims: { profile: ['preferred_username', 'groups'] },
  // As the providers of municipalities do: the claims stand in the ID token.
  conformIdTokenClaims: false,
  cookies: { keys: ['a key of this test alone'] },
  ttl: { IdToken: 600, Session: 600, Grant: 600, Interaction: 600, AccessToken: 600 },
  findAccount: (context, name) => ({
    accountId: name,
    claims: () => ({
      sub: name,
      preferred_username: name,
      groups: name.startsWith('gaest') ? ['andre'] : ['andre', 'ungekoordinator'],
    }),
  }),
});

https.createServer({ key: fs.readFileSync(KEY), cert: fs.readFileSync(CERTIFICATE) }, provider.callback())
  .listen(Number(new URL(ISSUER).port), '127.0.0.1', () => console.log('listening'));
