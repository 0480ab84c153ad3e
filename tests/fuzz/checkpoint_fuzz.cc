// Checkpoints from anyone. Numbers and roots have one spelling each, so what is
// parsed must be what stands at the beginning of the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "crypto/signed_note.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using samkoer::crypto::Checkpoint;
  const std::string_view input = samkoer::crypto::AsText({data, size});
  const auto checkpoint = Checkpoint::Parse(input);
  if (!checkpoint.ok()) return 0;
  const std::string text = checkpoint->Format();
  if (!input.starts_with(text)) std::abort();
  const auto again = Checkpoint::Parse(text);
  if (!again.ok() || *again != *checkpoint) std::abort();
  return 0;
}
