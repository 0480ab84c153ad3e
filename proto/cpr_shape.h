// Tells whether a text holds something shaped like a CPR number, so that free
// text (case references, contacts, notes, reasons) is refused before it is
// stored. A shape detector only: it parses nothing, knows no century and no
// check digit, and hands nothing out.
#ifndef SAMKOER_PROTO_CPR_SHAPE_H_
#define SAMKOER_PROTO_CPR_SHAPE_H_

#include <string_view>

namespace samkoer::proto {

// True if `text` holds ten digits that begin with a possible day (01-31, or
// 61-91 as in replacement numbers) and month (01-12), written together or with
// up to three spaces, no-break spaces, hyphens, dashes, dots or slashes after
// the second, the fourth or the sixth, and not part of a longer run of digits.
// So do twelve with the year in full (1800-2099), "23-03-2001-9999", if day and
// month stand apart, or "23032001-9999"; and five pairs with the same between
// all of them, "23 03 01 99 99", that go no further. A date of eight digits, a
// time and a KLE code are none. `text` need not be valid UTF-8. Allocates
// nothing.
bool LooksLikeCprNumber(std::string_view text);

}  // namespace samkoer::proto

#endif  // SAMKOER_PROTO_CPR_SHAPE_H_
