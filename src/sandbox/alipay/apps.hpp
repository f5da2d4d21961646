#pragma once
// Apps: the applications that the sandbox knows, each with the keys of both sides, parsed once when it is
// registered.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "base/result.hpp"
#include "crypto/rsa.hpp"
#include "sandbox/orders/order_books.hpp"

namespace payweir::sandbox::alipay {

struct App {
  std::string id;
  std::string seller_id;        // the merchant's account, 2088…
  std::uint32_t account = 0;    // in the books
  crypto::RsaPublicKey verify;  // the application's
  crypto::RsaPrivateKey sign;   // Alipay's
  // Where the application works with certificates: the serial numbers that requests must name, and the one
  // that answers carry; "" elsewhere. Both are MD5 sums of issuer and number.
  std::string app_cert_sn, root_cert_sn, alipay_cert_sn;
  std::string alipay_cert, root_cert;  // PEM, for the merchant's side
  std::string aes_key;                 // 16 bytes; "" when content is not encrypted
  bool seller_balance_is_low = false;  // refunds are refused for want of money
};

class Apps {
 public:
  static constexpr std::size_t kAppsMax = 1000;

  // {"app_id", "app_public_key" or "app_cert", "alipay_private_key"?, "alipay_cert"?, "alipay_root_cert"?,
  // "aes_key"?, "seller_id"?}; one that is known gets these keys instead of its old ones, at once.
  // Errors: missing_field, wrong_type, invalid_value, each naming the field.
  [[nodiscard]] Result<std::shared_ptr<App>> enroll(json::Value value, orders::OrderBooks& books);
  // The demo application of test_keys.hpp.
  void enroll_demo(orders::OrderBooks& books);
  [[nodiscard]] std::shared_ptr<App> find(std::string_view app_id) const;
  [[nodiscard]] const std::map<std::string, std::shared_ptr<App>, std::less<>>& all() const { return apps_; }
  // Of the account in the books. Requires: there is one.
  [[nodiscard]] const std::shared_ptr<App>& of_account(std::uint32_t account) const {
    return by_account_.at(account);
  }

 private:
  std::map<std::string, std::shared_ptr<App>, std::less<>> apps_;
  std::map<std::uint32_t, std::shared_ptr<App>> by_account_;
};

// The sandbox's own key, for what is signed before an application is known.
[[nodiscard]] const crypto::RsaPrivateKey& gateway_key();
// What the merchant's side configures, and nothing that is private.
void write_app(json::Writer& out, const App& app);

}  // namespace payweir::sandbox::alipay
