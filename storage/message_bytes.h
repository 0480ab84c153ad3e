// Messages as the bytes of values.
#ifndef SAMKOER_STORAGE_MESSAGE_BYTES_H_
#define SAMKOER_STORAGE_MESSAGE_BYTES_H_

#include <string>

namespace google::protobuf {
class Message;
}

namespace samkoer::storage {

// The message's bytes, the same for equal messages of this program. Pure.
std::string MessageBytes(const google::protobuf::Message& message);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_MESSAGE_BYTES_H_
