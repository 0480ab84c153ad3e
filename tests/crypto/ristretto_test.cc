#include "crypto/ristretto.h"

#include <gtest/gtest.h>

#include "tests/crypto/bad_encodings.h"
#include "tests/crypto/vectors.h"

namespace samkoer::crypto {
namespace {

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

Scalar RandomScalar() {
  Scalar scalar;
  crypto_core_ristretto255_scalar_random(scalar.ExposeMutable().data());
  return scalar;
}

TEST(ValidateElement, GeneratorIsTaken) {
  EXPECT_TRUE(ValidateElement(AsBytes(FromHex(kGenerator))).ok());
}

TEST(ValidateElement, EveryBadEncodingIsRefused) {
  for (const char* const hex : kBadElements) {
    EXPECT_EQ(ValidateElement(AsBytes(FromHex(hex))).code(), kInvalid) << hex;
  }
}

TEST(ValidateElement, OtherLengthsAreRefused) {
  const std::string generator = FromHex(kGenerator);
  EXPECT_EQ(ValidateElement(Bytes()).code(), kInvalid);
  EXPECT_EQ(ValidateElement(AsBytes(generator).first(31)).code(), kInvalid);
  EXPECT_EQ(ValidateElement(AsBytes(generator + '\0')).code(), kInvalid);
}

// What ristretto.h claims, and the evaluation of blinded elements relies on.
TEST(HasHighBit, WithTheMultiplicationsResultIsAFullValidation) {
  const Scalar scalar = RandomScalar();
  for (const char* const hex : kBadElements) {
    const std::string encoding = FromHex(hex);
    Element out;
    EXPECT_TRUE(HasHighBit(AsBytes(encoding).data()) ||
                crypto_scalarmult_ristretto255(out.data(),
                                               scalar.Expose().data(),
                                               AsBytes(encoding).data()) != 0)
        << hex;
  }
}

TEST(ValidateScalar, CanonicalOnesAreTaken) {
  EXPECT_TRUE(ValidateScalar(Scalar().Expose()).ok());
  EXPECT_TRUE(ValidateScalar(AsBytes(FromHex(kLargestScalar))).ok());
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(ValidateScalar(RandomScalar().Expose()).ok());
  }
}

TEST(ValidateScalar, ThoseNotBelowTheOrderAreRefused) {
  for (const char* const hex : kBadScalars) {
    EXPECT_EQ(ValidateScalar(AsBytes(FromHex(hex))).code(), kInvalid) << hex;
  }
}

TEST(ValidateScalar, OtherLengthsAreRefused) {
  const std::string zeros(33, '\0');
  for (const std::size_t length : {0, 31, 33}) {
    EXPECT_EQ(ValidateScalar(AsBytes(zeros).first(length)).code(), kInvalid);
  }
}

TEST(CountElements, OneToTheLimitWhole) {
  const std::string bytes((kMaxOprfBatch + 1) * kElementBytes, 'e');
  EXPECT_EQ(*CountElements(AsBytes(bytes).first(32), "sent"), 1u);
  EXPECT_EQ(*CountElements(AsBytes(bytes).first(kMaxOprfBatch * 32), "sent"),
            kMaxOprfBatch);
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{31}, std::size_t{33}, bytes.size()}) {
    const auto count = CountElements(AsBytes(bytes).first(length), "sent");
    EXPECT_EQ(count.status().code(), kInvalid) << length;
    EXPECT_NE(count.status().message().find("sent"), absl::string_view::npos);
  }
}

TEST(InvalidElement, NamesTheIndexAndTheReason) {
  const std::string elements = FromHex(kGenerator) + std::string(32, '\0');
  const absl::Status status = InvalidElement("sent", 1, AsBytes(elements));
  EXPECT_EQ(status.code(), kInvalid);
  EXPECT_EQ(status.message(),
            "sent element 1 is invalid: a group element is the identity");
  EXPECT_EQ(InvalidElement("sent", 0, AsBytes(elements)).code(), kInvalid);
}

TEST(BatchInvert, EachTimesItsInverseIsOne) {
  for (const std::size_t size : {0, 1, 2, 3, 100}) {
    std::vector<Scalar> scalars(size);
    for (Scalar& scalar : scalars) scalar = RandomScalar();
    const auto inverses = BatchInvert(scalars);
    ASSERT_TRUE(inverses.ok()) << inverses.status();
    ASSERT_EQ(inverses->size(), size);
    for (std::size_t i = 0; i < size; ++i) {
      Scalar one, product;
      one.ExposeMutable()[0] = 1;
      crypto_core_ristretto255_scalar_mul(product.ExposeMutable().data(),
                                          scalars[i].Expose().data(),
                                          (*inverses)[i].Expose().data());
      EXPECT_EQ(product, one) << i << " of " << size;
    }
  }
}

TEST(BatchInvert, AZeroAnywhereIsRefused) {
  for (std::size_t zero = 0; zero < 3; ++zero) {
    std::vector<Scalar> scalars(3);
    for (std::size_t i = 0; i < 3; ++i) {
      if (i != zero) scalars[i] = RandomScalar();
    }
    EXPECT_EQ(BatchInvert(scalars).status().code(), kInvalid);
  }
}

}  // namespace
}  // namespace samkoer::crypto
