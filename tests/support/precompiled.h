// As cmake/precompiled.h, for the tests' own files.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cmake/precompiled.h"
