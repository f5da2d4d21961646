#pragma once
// A client of the model for tests: signs its requests, verifies the answers, opens callbacks, with a clock
// that only the test moves.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/json_reader.hpp"
#include "crypto/aead.hpp"
#include "crypto/encoding.hpp"
#include "sandbox/wechatpay/test_keys.hpp"
#include "sandbox/wechatpay/wechatpay_model.hpp"

namespace payweir::sandbox::wechatpay {

// True when the headers hold a signature of the platform's key over the body.
inline bool is_signed(const http::Headers& headers, std::string_view body, const crypto::RsaPublicKey& key) {
  const std::string text = std::string(headers.get("Wechatpay-Timestamp")) + "\n" +
                           std::string(headers.get("Wechatpay-Nonce")) + "\n" + std::string(body) + "\n";
  const auto signature = crypto::from_base64(headers.get("Wechatpay-Signature"));
  return signature && key.verify_sha256(text, *signature);
}

// An answer, and what else the request caused.
struct Seen {
  int status = 0;  // 0: no answer
  std::string body;
  http::Headers headers;
  bool is_verified = false;  // by the sandbox's own key
  Duration delay{};
  Wire wire = Wire::whole;
  std::vector<Callback> callbacks;

  // The value at a path of member names, such as {"amount", "total"}; "" when there is none.
  [[nodiscard]] std::string text(std::initializer_list<std::string_view> path) const {
    const auto document = json::parse(body);
    if (!document) return "(no JSON)";
    json::Value value = document->root();
    for (const std::string_view name : path)
      value = value[name];
    if (!value.present()) return {};
    return value.is(json::Kind::string) ? std::string(value.text()) : value.dump();
  }
  [[nodiscard]] std::string code() const { return text({"code"}); }
  [[nodiscard]] std::string state() const { return text({"trade_state"}); }
};

// What a callback tells, once its signature is found right and its resource opened.
struct Told {
  std::string event_type;
  std::string resource;
};
inline Told open_callback(const http::Request& request, const crypto::RsaPublicKey& key,
                          std::string_view apiv3_key = kTestApiV3Key) {
  EXPECT_TRUE(is_signed(request.headers, request.body, key));
  const auto document = json::parse(request.body);
  const json::Value resource = document->root()["resource"];
  const auto sealed = crypto::from_base64(resource["ciphertext"].text());
  const auto plain = crypto::aes256gcm_open(apiv3_key, resource["nonce"].text(),
                                            resource["associated_data"].text(), *sealed);
  EXPECT_TRUE(plain.has_value());
  return {std::string(document->root()["event_type"].text()), plain.value_or("")};
}

class Client {
 public:
  explicit Client(std::uint64_t seed = 1) : draws(seed) {
    model.set_public_url("http://bank.test/wechatpay");
  }

  // `signed_target`: what the signature covers, when that is not the target itself.
  Seen send(http::Method method, std::string target, std::string body = {}, std::string signed_target = {}) {
    http::Request request{.method = method, .target = std::move(target), .body = std::move(body)};
    if (signed_target.empty()) signed_target = request.target;
    const std::string timestamp = std::to_string((now + clock_error).ms / 1000);
    const std::string text = std::string(http::to_string(method)) + "\n" + signed_target + "\n" + timestamp +
                             "\nnonce\n" + request.body + "\n";
    request.headers.set("Authorization", "WECHATPAY2-SHA256-RSA2048 mchid=\"" + mchid +
                                             R"(",nonce_str="nonce",timestamp=")" + timestamp +
                                             "\",serial_no=\"" + serial + "\",signature=\"" +
                                             crypto::to_base64(key().sign_sha256(text)) + "\"");
    request.body += tampering;
    return seen(model.handle(request, now, draws));
  }
  Seen post(std::string target, std::string body) {
    return send(http::Method::post, std::move(target), std::move(body));
  }
  Seen get(std::string target) { return send(http::Method::get, std::move(target)); }
  Seen browse(http::Method method, std::string target, std::string body = {}) {
    return seen(
        model.handle({.method = method, .target = std::move(target), .body = std::move(body)}, now, draws));
  }
  Seen control(http::Method method, std::string target, std::string body = {}) {
    return seen(
        model.control({.method = method, .target = std::move(target), .body = std::move(body)}, now, draws));
  }
  Seen tell(std::string target, std::string body) {
    return control(http::Method::post, std::move(target), std::move(body));
  }
  Seen plant(std::string fault) { return tell("/faults", std::move(fault)); }

  [[nodiscard]] std::string order(std::string_view number, std::int64_t total = 8888,
                                  std::string_view more = {}) const {
    return R"({"appid":")" + std::string(kTestAppid) + R"(","mchid":")" + mchid +
           R"(","description":"测试商品","out_trade_no":")" + std::string(number) + R"(","notify_url":")" +
           kNotifyUrl + R"(","amount":{"total":)" + std::to_string(total) + R"(,"currency":"CNY"})" +
           std::string(more) + "}";
  }
  Seen native(std::string_view number, std::int64_t total = 8888) {
    return post("/v3/pay/transactions/native", order(number, total));
  }
  Seen pay_by_code(std::string_view number, std::string_view auth_code, std::int64_t total = 8888) {
    return post("/v3/pay/transactions/codepay",
                order(number, total, R"(,"payer":{"auth_code":")" + std::string(auth_code) + "\"}"));
  }
  Seen scan(std::string_view number, std::string_view decision = "approve") {
    return tell("/scan", R"({"out_trade_no":")" + std::string(number) + R"(","decision":")" +
                             std::string(decision) + R"("})");
  }
  // Ordered and paid.
  Seen buy(std::string_view number, std::int64_t total = 8888) {
    EXPECT_EQ(native(number, total).status, 200);
    return scan(number);
  }
  Seen query(std::string_view number) {
    return get("/v3/pay/transactions/out-trade-no/" + std::string(number) + "?mchid=" + mchid);
  }
  Seen close(std::string_view number) {
    return post("/v3/pay/transactions/out-trade-no/" + std::string(number) + "/close",
                R"({"mchid":")" + mchid + R"("})");
  }
  Seen reverse(std::string_view number) {
    return post("/v3/pay/transactions/out-trade-no/" + std::string(number) + "/reverse",
                R"({"appid":")" + std::string(kTestAppid) + R"(","mchid":")" + mchid + R"("})");
  }
  Seen refund(std::string_view number, std::string_view refund_number, std::int64_t amount,
              std::int64_t total = 8888) {
    return post("/v3/refund/domestic/refunds",
                R"({"out_trade_no":")" + std::string(number) + R"(","out_refund_no":")" +
                    std::string(refund_number) + R"(","amount":{"refund":)" + std::to_string(amount) +
                    R"(,"total":)" + std::to_string(total) + R"(,"currency":"CNY"}})");
  }
  Seen query_refund(std::string_view refund_number) {
    return get("/v3/refund/domestic/refunds/" + std::string(refund_number));
  }

  static const crypto::RsaPrivateKey& key() {
    static const crypto::RsaPrivateKey parsed = crypto::RsaPrivateKey::parse(kTestMerchantPrivateKey).value();
    return parsed;
  }
  static crypto::RsaPublicKey platform() { return platform_key().sign.public_key(); }

  static constexpr const char* kNotifyUrl = "http://shop.test/notify";
  WechatPayModel model;
  Draws draws;
  Instant now{1'795'000'000'000};  // 2026-11-18 19:06:40 in China
  std::string mchid{kTestMchid};
  std::string serial{kTestMerchantSerial};
  Duration clock_error{};
  std::string tampering;  // added to bodies once they are signed

 private:
  static Seen seen(Reaction reaction) {
    Seen out{.delay = reaction.delay, .wire = reaction.wire, .callbacks = std::move(reaction.callbacks)};
    if (!reaction.response) return out;
    out.status = reaction.response->status;
    out.body = std::move(reaction.response->body);
    out.headers = std::move(reaction.response->headers);
    out.is_verified = is_signed(out.headers, out.body, platform());
    return out;
  }
};

}  // namespace payweir::sandbox::wechatpay
