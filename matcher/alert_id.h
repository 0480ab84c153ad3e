// Alert ids: 40 random bits, shown as "A-7K3M-9QXD" in Crockford's base32,
// which has no letters that are mistaken for digits when read out.
#ifndef SAMKOER_MATCHER_ALERT_ID_H_
#define SAMKOER_MATCHER_ALERT_ID_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace samkoer::matcher {

// The bits of an id. 40 bits are enough to be unguessable by reading on and
// short enough to say; two alerts may draw the same, so the caller who draws
// must look whether it is taken.
inline constexpr std::uint64_t kAlertIdMask = (std::uint64_t{1} << 40) - 1;

// "A-7K3M-9QXD" for the lower 40 bits of `id`.
std::string FormatAlertId(std::uint64_t id);

// Reads what FormatAlertId writes and what people make of it: case and hyphens
// do not matter, I and L read as 1, O as 0. INVALID_ARGUMENT otherwise (a U, a
// wrong length, no leading A).
absl::StatusOr<std::uint64_t> ParseAlertId(std::string_view text);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_ALERT_ID_H_
