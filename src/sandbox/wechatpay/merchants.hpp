#pragma once
// Merchants: those that the sandbox knows, each with the keys of both sides, parsed once when it is
// registered.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "base/result.hpp"
#include "crypto/rsa.hpp"
#include "sandbox/orders/order_books.hpp"

namespace payweir::sandbox::wechatpay {

// A key of WeChat Pay, by the name that its signatures carry.
struct PlatformKey {
  crypto::RsaPrivateKey sign;
  std::string id;           // the serial number of its certificate, or "PUB_KEY_ID_…"
  std::string certificate;  // PEM; "" where the merchant works with the public key
};

struct Merchant {
  std::string mchid, appid;
  std::uint32_t account = 0;  // in the books
  crypto::RsaPublicKey verify;
  std::string serial;  // of the merchant's certificate, upper case
  std::string apiv3_key;
  std::string app_secret;  // of the official account, "" where there is none
  PlatformKey platform;
  bool balance_is_low = false;  // refunds are refused for want of money
};

class Merchants {
 public:
  static constexpr std::size_t kMerchantsMax = 1000;

  // {"mchid", "appid", "merchant_public_key" and "serial_no" or "merchant_cert", "apiv3_key", "app_secret"?,
  // "platform_private_key"?, "platform_serial"? or "public_key_id"?}; one that is known gets these keys
  // instead of its old ones, at once. Errors: missing_field, wrong_type, invalid_value, each naming the
  // field.
  [[nodiscard]] Result<std::shared_ptr<Merchant>> enroll(json::Value value, orders::OrderBooks& books);
  // {"mchid", "platform_private_key"?, "platform_serial"? or "public_key_id"?}: WeChat Pay signs with
  // another key from now on, under a new name. Errors: as above.
  [[nodiscard]] Result<std::shared_ptr<Merchant>> rotate(json::Value value);
  // The demo merchant of test_keys.hpp.
  void enroll_demo(orders::OrderBooks& books);
  [[nodiscard]] std::shared_ptr<Merchant> find(std::string_view mchid) const;
  // A merchant with an official account of that number; several may have the same.
  [[nodiscard]] std::shared_ptr<Merchant> find_official_account(std::string_view appid) const;
  [[nodiscard]] const std::map<std::string, std::shared_ptr<Merchant>, std::less<>>& all() const {
    return merchants_;
  }
  // Of the account in the books. Requires: there is one.
  [[nodiscard]] const std::shared_ptr<Merchant>& of_account(std::uint32_t account) const {
    return by_account_.at(account);
  }

 private:
  std::map<std::string, std::shared_ptr<Merchant>, std::less<>> merchants_;
  std::map<std::uint32_t, std::shared_ptr<Merchant>> by_account_;
};

// The sandbox's own key, for answers to who is not known.
[[nodiscard]] const PlatformKey& platform_key();
// What the merchant's side configures, and nothing that is private.
void write_merchant(json::Writer& out, const Merchant& merchant);

// Of every certificate that the sandbox issues.
inline constexpr Instant kCertificatesFrom{1'577'836'800'000};   // 2020-01-01
inline constexpr Instant kCertificatesUntil{2'493'072'000'000};  // 2049-01-01

}  // namespace payweir::sandbox::wechatpay
