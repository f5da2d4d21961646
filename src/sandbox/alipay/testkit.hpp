#pragma once
// A client of the model for tests: signs its requests, verifies the answers, with a clock that only the
// test moves.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/form.hpp"
#include "base/json_reader.hpp"
#include "crypto/encoding.hpp"
#include "sandbox/alipay/alipay_model.hpp"
#include "sandbox/alipay/test_keys.hpp"
#include "sandbox/china_time.hpp"

namespace payweir::sandbox::alipay {

// An answer, and what else the request caused.
struct Seen {
  int status = 0;  // 0: no answer
  std::string body;
  std::string inner;         // the object that is signed
  bool is_verified = false;  // by the sandbox's own key
  http::Headers headers;
  Duration delay{};
  Wire wire = Wire::whole;
  std::vector<Callback> callbacks;

  // A member of the inner object, or of the body where that is all there is; "" when there is none.
  [[nodiscard]] std::string text(std::string_view name) const {
    const auto document = json::parse(inner.empty() ? body : inner);
    if (!document) return "(no JSON)";
    const json::Value value = document->root()[name];
    if (!value.present()) return {};
    return value.is(json::Kind::string) ? std::string(value.text()) : value.dump();
  }
  // "10000", or the sub_code of what went wrong.
  [[nodiscard]] std::string code() const {
    const std::string sub_code = text("sub_code");
    return sub_code.empty() ? text("code") : sub_code;
  }
};

// The parameters of a notification, once its signature is found right.
inline Params read_notification(const http::Request& request, const crypto::RsaPublicKey& key) {
  auto params = read_params(std::string_view(request.body)).value();
  const auto signature = crypto::from_base64(get(params, "sign"));
  EXPECT_TRUE(signature && key.verify_sha256(text_to_sign(params, false), *signature));
  return params;
}

class Client {
 public:
  explicit Client(std::uint64_t seed = 1) : draws(seed) { model.set_public_url("http://bank.test/alipay"); }

  // The parameters of a request, signed.
  Params request_params(std::string_view method, std::string content, Params more = {}) {
    Params params = std::move(more);
    params.try_emplace("app_id", app_id);
    params.try_emplace("method", method);
    params.try_emplace("charset", "utf-8");
    params.try_emplace("sign_type", "RSA2");
    params.try_emplace("timestamp", format_china(now));
    params.try_emplace("version", "1.0");
    params.try_emplace("biz_content", std::move(content));
    params["sign"] = crypto::to_base64(key().sign_sha256(text_to_sign(params, true)));
    return params;
  }
  // Public parameters in the query, biz_content in the body.
  Seen send(Params params) {
    const std::string content = params["biz_content"];
    params.erase("biz_content");
    http::Request request{.method = http::Method::post, .target = "/gateway.do?" + encode(params)};
    request.body = encode({{"biz_content", content}});
    return seen(model.handle(request, now, draws));
  }
  Seen call(std::string_view method, std::string content, Params more = {}) {
    return send(request_params(method, std::move(content), std::move(more)));
  }
  Seen browse(http::Method method, std::string target, std::string body = {}) {
    return seen(
        model.handle({.method = method, .target = std::move(target), .body = std::move(body)}, now, draws));
  }
  Seen control(http::Method method, std::string target, std::string body = {}) {
    return seen(
        model.control({.method = method, .target = std::move(target), .body = std::move(body)}, now, draws));
  }
  Seen plant(std::string fault) { return control(http::Method::post, "/faults", std::move(fault)); }

  static std::string order(std::string_view number, std::string_view amount = "88.88",
                           std::string_view more = {}) {
    return R"({"out_trade_no":")" + std::string(number) + R"(","total_amount":")" + std::string(amount) +
           R"(","subject":"测试商品")" + std::string(more) + "}";
  }
  static std::string number(std::string_view out_trade_no) {
    return R"({"out_trade_no":")" + std::string(out_trade_no) + R"("})";
  }
  Seen precreate(std::string_view out_trade_no, std::string_view amount = "88.88") {
    return call("alipay.trade.precreate", order(out_trade_no, amount), {{"notify_url", kNotifyUrl}});
  }
  Seen scan(std::string_view out_trade_no, std::string_view decision = "approve") {
    return control(http::Method::post, "/scan",
                   R"({"out_trade_no":")" + std::string(out_trade_no) + R"(","decision":")" +
                       std::string(decision) + R"("})");
  }
  // Precreated and paid.
  Seen buy(std::string_view out_trade_no, std::string_view amount = "88.88") {
    EXPECT_EQ(precreate(out_trade_no, amount).code(), "10000");
    return scan(out_trade_no);
  }
  Seen query(std::string_view out_trade_no) { return call("alipay.trade.query", number(out_trade_no)); }
  Seen cancel(std::string_view out_trade_no) { return call("alipay.trade.cancel", number(out_trade_no)); }
  Seen close(std::string_view out_trade_no) { return call("alipay.trade.close", number(out_trade_no)); }
  Seen pay(std::string_view out_trade_no, std::string_view auth_code, std::string_view amount = "88.88") {
    return call(
        "alipay.trade.pay",
        order(out_trade_no, amount, R"(,"scene":"bar_code","auth_code":")" + std::string(auth_code) + '"'));
  }
  Seen refund(std::string_view out_trade_no, std::string_view amount, std::string_view request_no) {
    return call("alipay.trade.refund", R"({"out_trade_no":")" + std::string(out_trade_no) +
                                           R"(","refund_amount":")" + std::string(amount) +
                                           R"(","out_request_no":")" + std::string(request_no) + R"("})");
  }

  static const crypto::RsaPrivateKey& key() {
    static const crypto::RsaPrivateKey parsed = crypto::RsaPrivateKey::parse(kTestAppPrivateKey).value();
    return parsed;
  }
  static crypto::RsaPublicKey alipay_key() { return gateway_key().public_key(); }

  static constexpr const char* kNotifyUrl = "http://shop.test/notify?ch=1";
  AlipayModel model;
  Draws draws;
  Instant now{1'795'000'000'000};  // 2026-11-18 19:06:40 in China
  std::string app_id{kTestAppId};

 private:
  static Seen seen(Reaction reaction) {
    Seen out{.delay = reaction.delay, .wire = reaction.wire, .callbacks = std::move(reaction.callbacks)};
    if (!reaction.response) return out;
    out.status = reaction.response->status;
    out.body = std::move(reaction.response->body);
    out.headers = std::move(reaction.response->headers);
    read_inner(out);
    return out;
  }
  static void read_inner(Seen& out) {
    const std::size_t start = out.body.find("_response\":"), end = out.body.rfind(",\"sign\":\"");
    if (start == std::string::npos || end == std::string::npos) return;
    out.inner = out.body.substr(start + 11, end - start - 11);
    if (const std::size_t serial = out.inner.rfind(",\"alipay_cert_sn\""); serial != std::string::npos)
      out.inner.erase(serial);
    const auto signature = crypto::from_base64(out.body.substr(end + 9, out.body.size() - end - 11));
    out.is_verified = signature && alipay_key().verify_sha256(out.inner, *signature);
  }
};

}  // namespace payweir::sandbox::alipay
