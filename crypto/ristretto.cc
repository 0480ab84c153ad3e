#include "crypto/ristretto.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"

namespace samkoer::crypto {

static_assert(kElementBytes == crypto_core_ristretto255_BYTES);
static_assert(kScalarBytes == crypto_core_ristretto255_SCALARBYTES);

absl::Status ValidateElement(Bytes encoding) {
  if (encoding.size() != kElementBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a group element has 32 bytes, not ", encoding.size()));
  }
  if (HasHighBit(encoding.data())) {
    return absl::InvalidArgumentError(
        "a group element's encoding has bit 255 set");
  }
  if (sodium_is_zero(encoding.data(), encoding.size())) {
    return absl::InvalidArgumentError("a group element is the identity");
  }
  if (crypto_core_ristretto255_is_valid_point(encoding.data()) != 1) {
    return absl::InvalidArgumentError(
        "a group element's encoding is not canonical or not of a point");
  }
  return absl::OkStatus();
}

absl::Status ValidateScalar(Bytes encoding) {
  if (encoding.size() != kScalarBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a scalar has 32 bytes, not ", encoding.size()));
  }
  SecretArray<crypto_core_ristretto255_NONREDUCEDSCALARBYTES> wide;
  std::memcpy(wide.ExposeMutable().data(), encoding.data(), kScalarBytes);
  Scalar reduced;
  crypto_core_ristretto255_scalar_reduce(reduced.ExposeMutable().data(),
                                         wide.Expose().data());
  if (sodium_memcmp(reduced.Expose().data(), encoding.data(), kScalarBytes) !=
      0) {
    return absl::InvalidArgumentError("a scalar is not below the group order");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::size_t> CountElements(Bytes elements,
                                          std::string_view what) {
  const std::size_t count = elements.size() / kElementBytes;
  if (elements.size() % kElementBytes != 0 || count == 0 ||
      count > kMaxOprfBatch) {
    return absl::InvalidArgumentError(
        absl::StrCat("the ", AbslView(what), " elements have ", elements.size(),
                     " bytes; 1 to ", kMaxOprfBatch, " times 32 are allowed"));
  }
  return count;
}

absl::Status InvalidElement(std::string_view what, std::size_t index,
                            Bytes elements) {
  const absl::Status reason =
      ValidateElement(elements.subspan(index * kElementBytes, kElementBytes));
  return absl::InvalidArgumentError(absl::StrCat(
      AbslView(what), " element ", index, " is invalid: ",
      reason.ok() ? "it cannot be used with this key" : reason.message()));
}

absl::StatusOr<std::vector<Scalar>> BatchInvert(
    std::span<const Scalar> scalars) {
  std::vector<Scalar> out(scalars.size());
  if (scalars.empty()) return out;
  // out[i] is first the product of the scalars before i.
  Scalar product = scalars[0];
  for (std::size_t i = 1; i < scalars.size(); ++i) {
    out[i] = product;
    crypto_core_ristretto255_scalar_mul(product.ExposeMutable().data(),
                                        product.Expose().data(),
                                        scalars[i].Expose().data());
  }
  Scalar inverse;  // of the product of the scalars up to i
  if (crypto_core_ristretto255_scalar_invert(inverse.ExposeMutable().data(),
                                             product.Expose().data()) != 0) {
    return absl::InvalidArgumentError("a scalar to be inverted is zero");
  }
  for (std::size_t i = scalars.size(); i-- > 1;) {
    crypto_core_ristretto255_scalar_mul(out[i].ExposeMutable().data(),
                                        out[i].Expose().data(),
                                        inverse.Expose().data());
    crypto_core_ristretto255_scalar_mul(inverse.ExposeMutable().data(),
                                        inverse.Expose().data(),
                                        scalars[i].Expose().data());
  }
  out[0] = inverse;
  return out;
}

}  // namespace samkoer::crypto
