// Where the project lies. Behind a function, so that the folder's name is part
// of one object file and a compiler cache serves all others in every checkout.
#ifndef SAMKOER_TESTS_SUPPORT_SOURCE_FOLDER_H_
#define SAMKOER_TESTS_SUPPORT_SOURCE_FOLDER_H_

#include <string>

namespace samkoer {

// The checkout that the tests were built from, absolute, without a slash at its
// end.
std::string SourceFolder();

}  // namespace samkoer

#endif  // SAMKOER_TESTS_SUPPORT_SOURCE_FOLDER_H_
