#pragma once
// X.509 certificates, as far as gateways name their keys by them. Nothing here decides whether one is to be
// trusted: who configures it does.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/rsa.hpp"

namespace payweir::crypto {

struct Certificate {
  std::string serial_hex;      // upper case, without leading zeros: how WeChat Pay names a key
  std::string serial_decimal;  // the same number
  // "CN=…,OU=…,O=…,C=…": the issuer's parts, the last first, with a comma and no blank between.
  std::string issuer_reversed;
  bool is_signed_with_rsa = false;
  Instant not_before, not_after;
  std::string pem;  // of this one alone
};

// All of a PEM text, in its order. Error: invalid_value when it holds none, or one that cannot be read.
[[nodiscard]] Result<std::vector<Certificate>> parse_certificates(std::string_view pem);

}  // namespace payweir::crypto
