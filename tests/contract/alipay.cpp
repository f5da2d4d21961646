#include <array>

#include "base/json_writer.hpp"
#include "crypto/encoding.hpp"
#include "fixture.hpp"
#include "sandbox/alipay/alipay_model.hpp"
#include "sandbox/alipay/test_keys.hpp"
#include "sandbox/certificate_issuer.hpp"

namespace payweir::contract {
namespace {

using namespace sandbox::alipay;

constexpr auto kStateMembers = std::to_array<std::string_view>({"trade_status", "refund_status"});
constexpr auto kRefusals = std::to_array<std::string_view>(
    {"40002", "40005", "isv.invalid-signature", "ACQ.INVALID_PARAMETER", "ACQ.BUYER_BALANCE_NOT_ENOUGH",
     "ACQ.TRADE_NOT_EXIST", "ACQ.TRADE_STATUS_ERROR"});

// {"alipay_…_response":INNER,"sign":"…"}
struct Parts {
  std::string name, inner;
};
Parts parts_of(const http::Response& answer) {
  const auto document = json::parse(answer.body);
  if (!document) return {};
  const std::size_t end = answer.body.find("\":");
  return {answer.body.substr(2, end - 2), document->root()[answer.body.substr(2, end - 2)].dump()};
}

http::Response answer_of(const Parts& parts) {
  json::Writer out;
  out.begin_object().raw_field(parts.name, parts.inner);
  out.field("sign", crypto::to_base64(gateway_key().sign_sha256(parts.inner))).end_object();
  http::Response answer;
  answer.body = std::move(out).take();
  return answer;
}

class AlipayFixture final : public Fixture {
 public:
  [[nodiscard]] std::string_view connector() const override { return "alipay"; }

  [[nodiscard]] std::unique_ptr<sandbox::GatewayModel> open() const override {
    return std::make_unique<AlipayModel>();
  }
  [[nodiscard]] ConnectorCredentials credentials(House&) const override {
    ConnectorCredentials credentials;
    credentials.auth_type = "AlipayKey";
    credentials.set("app_id", Secret(std::string(kTestAppId)));
    credentials.set("private_key", Secret(std::string(kTestAppPrivateKey)));
    credentials.set("alipay_public_key", Secret(sandbox::to_pem(gateway_key().public_key())));
    return credentials;
  }
  void complete(ConnectorRequest& request, Payer payer) const override {
    request.wallet.payer_id = "payer_of_the_contract";
    if (is_barcode(request.method))
      request.wallet.auth_code = Secret(payer == Payer::pays ? "280000000000000000" : "280000000000000023");
  }
  void pay(House& house, const ConnectorRequest& request, const NextAction& action) const override {
    if (is_barcode(request.method)) return;
    if (action.kind == NextActionKind::redirect)
      static_cast<void>(house.answer(
          {.target = action.data.substr(action.data.find('/', std::string_view("http://").size()))}));
    if (request.method == PaymentMethod::ali_pay_app)
      static_cast<void>(
          house.answer({.method = http::Method::post,
                        .target = "/alipay/app",
                        .body = std::string(json::parse(action.data)->root()["order_string"].text())}));
    static_cast<void>(house.control(
        "/scan", R"({"out_trade_no":")" + request.attempt_reference + R"(","decision":"approve"})"));
  }

  [[nodiscard]] bool signs_answers() const override { return true; }
  void be_an_impostor(House& house, ConnectorCredentials&) const override {
    const auto key = crypto::RsaPrivateKey::parse(kTestAppPrivateKey).value();
    json::Writer out;
    out.begin_object().field("app_id", kTestAppId).field("seller_id", kTestSellerId);
    out.field("app_public_key", sandbox::to_pem(key.public_key()));
    out.field("alipay_private_key", kTestAppPrivateKey).end_object();
    static_cast<void>(house.control("/apps", std::move(out).take()));
  }
  [[nodiscard]] http::Response sign(http::Response answer, const House&) const override {
    return answer_of(parts_of(answer));
  }
  // What the gateway refuses before it knows whose keys to use.
  [[nodiscard]] http::Response unsign(http::Response answer) const override {
    answer.body = R"({"error_response":)" + parts_of(answer).inner + "}";
    return answer;
  }
  [[nodiscard]] bool dates_callbacks() const override { return false; }
  bool probe(House&) const override { return false; }

  [[nodiscard]] std::span<const std::string_view> state_members() const override { return kStateMembers; }
  [[nodiscard]] http::Response refusal(const http::Response& good, std::string_view code,
                                       std::string_view words, const House&) const override {
    const bool is_gateways = code.find('.') == std::string_view::npos;
    json::Writer out;
    out.begin_object().field("code", is_gateways ? code : "40004").field("msg", "Business Failed");
    if (!is_gateways) out.field("sub_code", code);
    out.field("sub_msg", words).end_object();
    return answer_of({parts_of(good).name, std::move(out).take()});
  }
  [[nodiscard]] std::span<const std::string_view> refusals() const override { return kRefusals; }
  // refund_fee is the sum of all refunds of the order.
  [[nodiscard]] bool answer_names_amount(const ConnectorRequest& request) const override {
    return request.kind != OperationKind::refund;
  }

  [[nodiscard]] bool needs_the_same_bytes() const override { return false; }
};

}  // namespace

const Fixture& alipay_fixture() {
  static const AlipayFixture fixture;
  return fixture;
}

}  // namespace payweir::contract
