// The client's half of RFC 9497 by @cloudflare/voprf-ts: mode VOPRF, suite
// ristretto255-SHA512.
import { webcrypto } from 'node:crypto';
import { DLEQProof, Evaluation, Oprf, VOPRFClient } from '@cloudflare/voprf-ts';
import { CryptoNoble } from '@cloudflare/voprf-ts/crypto-noble';

// Node.js 18 has it, but not under this name.
globalThis.crypto ??= webcrypto;

export const CONTEXT = Buffer.from('OPRFV1-\x01-ristretto255-SHA512', 'latin1');
export const MAX_ELEMENTS = 1000;
const ELEMENT_BYTES = 32;
const PROOF_BYTES = 64;
const SUITE = Oprf.Suite.RISTRETTO255_SHA512;
const GROUP = CryptoNoble.Group.get('ristretto255');

// The other side's answer is not what RFC 9497 asks for: nothing of it may be used.
export class OprfError extends Error {}

// The element, which must not be the identity: the library lets that pass.
function readElement(bytes) {
  const element = GROUP.desElt(Uint8Array.from(bytes));
  if (element.isIdentity()) throw new Error('the identity');
  return element;
}

// The outputs (64 bytes each) of `inputs`, in their order. `publicKey` is the one that the
// *matcher* published; `ask` gives {evaluated_elements, proof} for the blinded elements.
export async function evaluate(publicKey, inputs, ask) {
  const client = new VOPRFClient(SUITE, Uint8Array.from(publicKey), CryptoNoble);
  const [state, request] = await client.blind(inputs.map((input) => Uint8Array.from(Buffer.from(input, 'ascii'))));
  const answer = await ask(Buffer.concat(request.blinded.map((element) => element.serialize())));
  const evaluated = answer.evaluated_elements;
  if (evaluated.length !== ELEMENT_BYTES * inputs.length || answer.proof.length !== PROOF_BYTES) {
    throw new OprfError('as many elements must come back as were sent, and one proof');
  }
  try {
    readElement(publicKey);
    const elements = inputs.map((_, i) => readElement(evaluated.subarray(ELEMENT_BYTES * i, ELEMENT_BYTES * (i + 1))));
    const proof = DLEQProof.deserialize('ristretto255', Uint8Array.from(answer.proof), CryptoNoble);
    // Verifies the proof; throws if another key was used.
    const outputs = await client.finalize(state, new Evaluation(Oprf.Mode.VOPRF, elements, proof));
    return outputs.map((output) => Buffer.from(output));
  } catch (error) {
    throw new OprfError(`the key service's answer is refused: ${error.message}`);
  }
}
