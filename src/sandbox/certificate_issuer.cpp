#include "sandbox/certificate_issuer.hpp"

#include <initializer_list>

#include "base/check.hpp"
#include "crypto/encoding.hpp"

namespace payweir::sandbox {
namespace {

// DER (X.690) and its tags.
constexpr char kInteger = '\x02', kBitString = '\x03', kOctets = '\x04', kUtf8 = '\x0c', kUtcTime = '\x17',
               kSequence = '\x30', kSet = '\x31', kVersion = '\xa0', kExtensions = '\xa3';

std::string tagged(char tag, std::initializer_list<std::string_view> parts) {
  std::string content;
  for (const std::string_view part : parts)
    content += part;
  std::string out(1, tag);
  const std::size_t size = content.size();
  if (size < 0x80) {
    out += static_cast<char>(size);
  } else if (size < 0x100) {
    out += '\x81';
    out += static_cast<char>(static_cast<unsigned char>(size));
  } else {
    out += '\x82';
    out += static_cast<char>(static_cast<unsigned char>(size >> 8));
    out += static_cast<char>(static_cast<unsigned char>(size));
  }
  return out + content;
}

std::string bytes_of(std::string_view hex) {
  auto bytes = crypto::from_hex(hex);
  check(bytes.has_value(), "a certificate's serial number is not hexadecimal");
  return *std::move(bytes);
}

// C=CN, O=Payweir sandbox, CN=…
std::string name(std::string_view common_name) {
  const auto part = [](std::string_view oid, std::string_view text) {
    return tagged(kSet, {tagged(kSequence, {bytes_of(oid), tagged(kUtf8, {text})})});
  };
  return tagged(kSequence, {part("0603550406", "CN"), part("060355040a", "Payweir sandbox"),
                            part("0603550403", common_name)});
}

// "261122042007Z"
std::string utc_time(Instant t) {
  const std::string iso = format_iso8601(t);
  return tagged(kUtcTime, {iso.substr(2, 2), iso.substr(5, 2), iso.substr(8, 2), iso.substr(11, 2),
                           iso.substr(14, 2), iso.substr(17, 2), "Z"});
}

std::string frame(std::string_view kind, std::string_view der) {
  constexpr std::size_t kLine = 64;
  const std::string text = crypto::to_base64(der);
  std::string pem = "-----BEGIN " + std::string(kind) + "-----\n";
  for (std::size_t at = 0; at < text.size(); at += kLine)
    pem.append(text, at, kLine).append("\n");
  return pem + "-----END " + std::string(kind) + "-----\n";
}

}  // namespace

std::string issue_certificate(const CertificateWords& words, const crypto::RsaPublicKey& key,
                              const crypto::RsaPrivateKey& issuer_key) {
  const std::string algorithm = bytes_of("300d06092a864886f70d01010b0500");  // sha256WithRSAEncryption
  std::string serial = bytes_of((words.serial_hex.size() % 2 != 0 ? "0" : "") + words.serial_hex);
  if (static_cast<unsigned char>(serial.front()) >= 0x80) serial.insert(0, 1, '\0');
  // basicConstraints CA:TRUE, or an empty one.
  const std::string constraints = bytes_of(words.is_authority ? "30030101ff" : "3000");
  const std::string extensions =
      tagged(kSequence, {tagged(kSequence, {bytes_of("0603551d13"), tagged(kOctets, {constraints})})});
  const std::string content =
      tagged(kSequence,
             {tagged(kVersion, {bytes_of("020102")}), tagged(kInteger, {serial}), algorithm,
              name(words.issuer), tagged(kSequence, {utc_time(words.not_before), utc_time(words.not_after)}),
              name(words.subject), key.to_der(), tagged(kExtensions, {extensions})});
  const std::string signature = issuer_key.sign_sha256(content);
  return frame(
      "CERTIFICATE",
      tagged(kSequence, {content, algorithm, tagged(kBitString, {std::string_view("\0", 1), signature})}));
}

std::string to_pem(const crypto::RsaPublicKey& key) {
  return frame("PUBLIC KEY", key.to_der());
}

}  // namespace payweir::sandbox
