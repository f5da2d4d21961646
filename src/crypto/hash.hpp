#pragma once
// Hashes and MACs over OpenSSL; results are raw bytes.
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace payweir::crypto {

[[nodiscard]] std::string sha256(std::string_view text);
// Broken as hashes go, and only where a gateway's protocol names them: to find a certificate, to compare a
// file with what was announced.
[[nodiscard]] std::string md5(std::string_view text);
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);
[[nodiscard]] std::string hmac_sha512(std::string_view key, std::string_view text);

// HMAC-SHA-256 under one key, set up once: a seventh of what hmac_sha256() costs on a short text. Used on
// one thread at a time.
class HmacSha256 {
 public:
  explicit HmacSha256(std::string_view key);
  ~HmacSha256();
  HmacSha256(HmacSha256&&) noexcept;
  HmacSha256& operator=(HmacSha256&&) noexcept;

  // Of the parts one behind the other.
  [[nodiscard]] std::string operator()(std::initializer_list<std::string_view> parts);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// SHA-1 of a text that comes in pieces.
class Sha1 {
 public:
  Sha1();
  ~Sha1();
  Sha1(Sha1&&) noexcept;
  Sha1& operator=(Sha1&&) noexcept;

  void update(std::string_view piece);
  // Of all pieces so far. Once.
  [[nodiscard]] std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Takes as long for a difference in the first byte as in the last; lengths are not secret.
[[nodiscard]] bool constant_time_equal(std::string_view a, std::string_view b);

}  // namespace payweir::crypto
