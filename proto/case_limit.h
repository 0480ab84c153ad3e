// How many cases one person may have. A person with thousands, which only an
// error of an export or ill will makes, would fill the alerts that everybody
// reads. In its own header because few need it.
#ifndef SAMKOER_PROTO_CASE_LIMIT_H_
#define SAMKOER_PROTO_CASE_LIMIT_H_

#include <cstddef>

namespace samkoer::proto {

// Cases of one person in one department: several times what a long life in
// a municipality's files gives.
inline constexpr std::size_t kMaxCasesOfPerson = 200;

}  // namespace samkoer::proto

#endif  // SAMKOER_PROTO_CASE_LIMIT_H_
