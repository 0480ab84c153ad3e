// Notes and verifier keys from anyone: nothing but their form may be trusted.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crypto/note_format.h"
#include "crypto/signed_note.h"

namespace {

using samkoer::crypto::AsText;
using samkoer::crypto::NoteSigner;
using samkoer::crypto::NoteVerifier;
using samkoer::crypto::ParseNote;

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const NoteSigner signer =
      *NoteSigner::FromSeed("fuzz", samkoer::crypto::SecretArray<32>());
  static const NoteVerifier verifier =
      *NoteVerifier::Parse(signer.VerifierKey());
  const std::string_view input = AsText({data, size});

  const auto note = ParseNote(input);
  if (note.ok()) {
    Require(note->text.ends_with('\n') && input.starts_with(note->text));
    Require(!note->signatures.empty());
    // What is taken as a note's text can be signed and comes back whole.
    const auto text = verifier.Verify(signer.Sign(note->text));
    Require(text.ok() && *text == note->text);
  }
  const auto verified = verifier.Verify(input);
  if (verified.ok()) Require(note.ok() && *verified == note->text);

  const auto key = NoteVerifier::Parse(input);
  if (key.ok()) Require(samkoer::crypto::IsNoteKeyName(key->name()));
  return 0;
}
