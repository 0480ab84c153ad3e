// How the refusal of another feed's cursor is told from the other
// FAILED_PRECONDITIONs of Alerts.Follow: by its message, which is exactly this.
#ifndef SAMKOER_PROTO_OTHER_FEED_H_
#define SAMKOER_PROTO_OTHER_FEED_H_

namespace samkoer::proto {

inline constexpr char kOtherFeedMessage[] =
    "the cursor is of another feed: the store was restored since; list the "
    "alerts anew and follow from what the list says";

}  // namespace samkoer::proto

#endif  // SAMKOER_PROTO_OTHER_FEED_H_
