// What Alipay's answers come to, beside the golden vectors.
#include "connectors/alipay/alipay.hpp"

#include <gtest/gtest.h>

#include "base/form.hpp"
#include "base/json_reader.hpp"
#include "connectors/alipay/credentials.hpp"
#include "connectors/alipay/status_map.hpp"
#include "connectors/vectors_testkit.hpp"
#include "crypto/encoding.hpp"
#include "crypto/rsa.hpp"

namespace payweir::alipay {
namespace {

const Alipay kConnector;

// An account under the vectors' keys, and the gateway's side of it.
struct Account {
  ConnectorCredentials credentials;
  std::shared_ptr<const PreparedCredentials> prepared;
  std::optional<crypto::RsaPrivateKey> gateway;

  Account() {
    const json::Document vectors = testkit::load_vectors("alipay.json");
    const json::Value keys = vectors.root()["keys"];
    const auto secret = [&](const char* name) { return Secret(std::string(keys[name].text())); };
    credentials.auth_type = "AlipayKey";
    credentials.set("app_id", secret("app_id"));
    credentials.set("private_key", secret("app_private_key_pkcs8_pem"));
    credentials.set("alipay_public_key", secret("alipay_public_key_pem"));
    prepared = kConnector.prepare(credentials).value();
    gateway = crypto::RsaPrivateKey::parse(keys["alipay_private_key_for_simulator_pkcs8_pem"].text()).value();
  }
  [[nodiscard]] ConnectorContext context() const {
    return {credentials, "https://openapi.alipay.com", Instant{1'795'000'000'000}, seconds(300),
            prepared.get()};
  }
  [[nodiscard]] http::Response answer(const std::string& key, const std::string& content) const {
    return {200,
            {},
            "{\"" + key + "\":" + content + ",\"sign\":\"" +
                crypto::to_base64(gateway->sign_sha256(content)) + "\"}"};
  }
};

ConnectorRequest request_of(OperationKind kind, PaymentMethod method) {
  ConnectorRequest request;
  request.kind = kind;
  request.method = method;
  request.attempt_reference = "att_1";
  request.operation_reference = "opn_1";
  request.payment_reference = "pay_1";
  request.amount = request.payment_amount = {8888, Currency::parse("CNY").value()};
  return request;
}

Outcome outcome_of(const Account& account, const ConnectorRequest& request, const http::Response& answer) {
  return std::get<step::Done>(kConnector.resume(request, account.context(), answer)).outcome;
}

// The gateway signs nothing that it refuses before it knows the application, and neither does a stranger.
TEST(Alipay, ARefusalThatNobodySignedDecidesNothingAboutMoney) {
  const Account account;
  const http::Response unsigned_answer{
      200, {}, R"({"error_response":{"code":"40002","msg":"x","sub_code":"isv.invalid-signature"}})"};
  const auto on = [&](OperationKind kind, PaymentMethod method) {
    return outcome_of(account, request_of(kind, method), unsigned_answer);
  };
  using enum OperationKind;
  EXPECT_TRUE(std::holds_alternative<outcome::Rejected>(on(authorise, PaymentMethod::ali_pay_qr)));
  EXPECT_TRUE(std::holds_alternative<outcome::Unknown>(on(authorise, PaymentMethod::ali_pay_barcode)));
  EXPECT_TRUE(std::holds_alternative<outcome::Unknown>(on(refund, PaymentMethod::ali_pay_qr)));
  EXPECT_TRUE(std::holds_alternative<outcome::Unknown>(on(void_authorisation, PaymentMethod::ali_pay_qr)));
}

// Signed refusals, row by row.
TEST(Alipay, EveryErrorOfTheTableMeansWhatItSays) {
  const Account account;
  const ConnectorRequest request = request_of(OperationKind::authorise, PaymentMethod::ali_pay_barcode);
  for (const ErrorRow& row : errors()) {
    const std::string content =
        R"({"code":"40004","msg":"Business Failed","sub_code":")" + std::string(row.theirs) + R"("})";
    const Outcome outcome =
        outcome_of(account, request, account.answer("alipay_trade_pay_response", content));
    const auto* declined = std::get_if<outcome::Declined>(&outcome);
    const auto* rejected = std::get_if<outcome::Rejected>(&outcome);
    EXPECT_EQ(declined != nullptr, row.ours == Refusal::declined) << row.theirs;
    if (declined) EXPECT_EQ(declined->reason, row.reason) << row.theirs;
    EXPECT_EQ(rejected != nullptr, row.ours == Refusal::rejected || row.ours == Refusal::credentials ||
                                       row.ours == Refusal::rate_limited)
        << row.theirs;
  }
  const Outcome unheard_of = outcome_of(
      account, request,
      account.answer("alipay_trade_pay_response", R"({"code":"40004","sub_code":"ACQ.BRAND_NEW"})"));
  EXPECT_TRUE(std::holds_alternative<outcome::Unknown>(unheard_of)) << "an unknown code decides nothing";
}

// A cancellation reverses what was paid, so that a payer who was quicker would get nothing for it.
TEST(Alipay, AVoidIsNotSentForWhatIsPaid) {
  const Account account;
  const ConnectorRequest request = request_of(OperationKind::void_authorisation, PaymentMethod::ali_pay_qr);
  const Step begun = kConnector.begin(request, account.context());
  EXPECT_EQ(std::get<step::Send>(begun).kind, SendKind::query);
  const auto after = [&](const std::string& content) {
    return kConnector.resume(request, account.context(),
                             account.answer("alipay_trade_query_response", content));
  };
  const Step paid = after(
      R"({"code":"10000","out_trade_no":"att_1","trade_no":"2026","trade_status":"TRADE_SUCCESS","total_amount":"88.88"})");
  ASSERT_TRUE(std::holds_alternative<step::Done>(paid));
  EXPECT_EQ(std::get<outcome::Accepted>(std::get<step::Done>(paid).outcome).as, AcceptedAs::captured);
  for (const char* const open :
       {R"({"code":"40004","sub_code":"ACQ.TRADE_NOT_EXIST"})",
        R"({"code":"10000","out_trade_no":"att_1","trade_status":"WAIT_BUYER_PAY"})"}) {
    const Step goes_on = after(open);
    ASSERT_TRUE(std::holds_alternative<step::Send>(goes_on)) << open;
    EXPECT_EQ(std::get<step::Send>(goes_on).kind, SendKind::money);
    EXPECT_TRUE(std::get<step::Send>(goes_on).request.target.contains("alipay.trade.cancel"));
  }
  const Step unclear = after(R"({"code":"20000","sub_code":"aop.ACQ.SYSTEM_ERROR"})");
  EXPECT_TRUE(std::holds_alternative<outcome::Unknown>(std::get<step::Done>(unclear).outcome));
}

TEST(Alipay, RefusesWhatItCannotDoBeforeAnythingIsSent) {
  const Account account;
  ConnectorRequest dollars = request_of(OperationKind::authorise, PaymentMethod::ali_pay_qr);
  dollars.amount.currency = Currency::parse("USD").value();
  ConnectorRequest card = request_of(OperationKind::authorise, PaymentMethod::card);
  ConnectorRequest too_much = request_of(OperationKind::authorise, PaymentMethod::ali_pay_qr);
  too_much.amount.minor = 10'000'000'001;
  for (const ConnectorRequest& request :
       {dollars, card, too_much, request_of(OperationKind::capture, PaymentMethod::ali_pay_qr)}) {
    const Step step = kConnector.begin(request, account.context());
    ASSERT_TRUE(std::holds_alternative<step::Done>(step));
    EXPECT_TRUE(std::holds_alternative<outcome::Rejected>(std::get<step::Done>(step).outcome));
  }
}

// E03: yuan as text, fen as integers, exact both ways.
TEST(Faults, E03_FenAndYuanAreTheSameToTheFen) {
  const Account account;
  ConnectorRequest request = request_of(OperationKind::authorise, PaymentMethod::ali_pay_barcode);
  for (const auto& [fen, yuan] : {std::pair<std::int64_t, std::string>(1, "0.01"),
                                  {10, "0.10"},
                                  {100, "1.00"},
                                  {8888, "88.88"},
                                  {1'000'000'007, "10000000.07"},
                                  {10'000'000'000, "100000000.00"}}) {
    request.amount.minor = request.payment_amount.minor = fen;
    const Step step = kConnector.begin(request, account.context());
    const auto body = form::decode(std::get<step::Send>(step).request.body).value();
    const auto content = json::parse(body.front().second).value();
    EXPECT_EQ(content.root()["total_amount"].text(), yuan);
    const std::string paid =
        R"({"code":"10000","out_trade_no":"att_1","trade_no":"2026","total_amount":")" + yuan + "\"}";
    const Outcome outcome = outcome_of(account, request, account.answer("alipay_trade_pay_response", paid));
    ASSERT_TRUE(std::holds_alternative<outcome::Accepted>(outcome)) << yuan;
    EXPECT_EQ(std::get<outcome::Accepted>(outcome).amount.minor, fen);
    request.payment_amount.minor = fen + 1;
    const Outcome other = outcome_of(account, request, account.answer("alipay_trade_pay_response", paid));
    ASSERT_TRUE(std::holds_alternative<outcome::Unknown>(other));
    EXPECT_TRUE(std::get<outcome::Unknown>(other).contradicts) << "a fen more or less is another payment";
  }
}

}  // namespace
}  // namespace payweir::alipay
