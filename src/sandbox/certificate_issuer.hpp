#pragma once
// Certificates for gateways that name their keys by one: X.509 v3, signed with RSA and SHA-256. Nobody
// should trust them but who asked a sandbox for one.
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "crypto/rsa.hpp"

namespace payweir::sandbox {

struct CertificateWords {
  std::string serial_hex;  // of the certificate
  std::string issuer;      // common names
  std::string subject;
  Instant not_before, not_after;  // years 2000 to 2049
  bool is_authority = false;
};

// PEM. Requires: serial_hex of 1 to 40 hex digits.
[[nodiscard]] std::string issue_certificate(const CertificateWords& words, const crypto::RsaPublicKey& key,
                                            const crypto::RsaPrivateKey& issuer_key);

// "-----BEGIN PUBLIC KEY-----…"
[[nodiscard]] std::string to_pem(const crypto::RsaPublicKey& key);

}  // namespace payweir::sandbox
