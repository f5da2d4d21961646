// What Alipay sends, rightly signed, whatever it says: the first byte chooses a callback or the answer to an
// operation, the rest is the callback's form or the answer's content. No success is for another amount or
// order than was asked for.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <variant>

#include "base/check.hpp"
#include "base/form.hpp"
#include "base/json_reader.hpp"
#include "connectors/alipay/alipay.hpp"
#include "connectors/alipay/credentials.hpp"
#include "connectors/alipay/notification.hpp"
#include "connectors/alipay/signature.hpp"
#include "crypto/encoding.hpp"
#include "crypto/rsa.hpp"
#include "sandbox/alipay/test_keys.hpp"

namespace {

using namespace payweir;

const crypto::RsaPrivateKey& gateway_key() {
  static const crypto::RsaPrivateKey key =
      *crypto::RsaPrivateKey::parse(sandbox::alipay::kTestGatewayPrivateKey);
  return key;
}

std::string signature_of(std::string_view text) {
  return crypto::to_base64(gateway_key().sign_sha256(text));
}

struct Account {
  ConnectorCredentials credentials;
  std::shared_ptr<const alipay::Credentials> prepared;
  Account() {
    credentials.auth_type = "AlipayKey";
    credentials.set("app_id", Secret(std::string(sandbox::alipay::kTestAppId)));
    credentials.set("private_key", Secret(std::string(sandbox::alipay::kTestAppPrivateKey)));
    credentials.set("alipay_public_key", Secret(crypto::to_base64(gateway_key().public_key().to_der())));
    prepared = *alipay::Credentials::read(credentials);
  }
};

void fuzz_callback(const Account& account, std::string_view text) {
  auto parameters = form::decode(text);
  if (!parameters) return;
  std::erase_if(*parameters, [](const auto& pair) {
    return pair.first == "sign" || pair.first == "sign_type" || pair.first == "app_id";
  });
  parameters->emplace_back("app_id", sandbox::alipay::kTestAppId);
  const std::string sign = signature_of(alipay::sign_string(*parameters));
  form::Encoder body;
  for (const auto& [key, value] : *parameters)
    body.add(key, value);
  body.add("sign_type", "RSA2").add("sign", sign);
  const auto event = alipay::read_notification(std::move(body).take(), *account.prepared);
  if (event)
    check(!event->event_id.empty() && !event->operation_reference.empty(), "a callback about nothing");
}

ConnectorRequest request_of(std::uint8_t choice) {
  static constexpr OperationKind kKinds[] = {OperationKind::authorise, OperationKind::void_authorisation,
                                             OperationKind::refund};
  static constexpr PaymentMethod kMethods[] = {PaymentMethod::ali_pay_qr, PaymentMethod::ali_pay_jsapi,
                                               PaymentMethod::ali_pay_barcode};
  ConnectorRequest request;
  request.kind = kKinds[choice % std::size(kKinds)];
  request.method = kMethods[choice / 3 % std::size(kMethods)];
  request.payer_was_told = choice / 9 % 2 == 1;
  request.attempt_reference = "att_1";
  request.operation_reference = "opn_1";
  request.amount = request.payment_amount = {100, Currency::parse("CNY").value()};
  return request;
}

void check_outcome(const ConnectorRequest& request, const json::Value& content, const Outcome& outcome) {
  check(!std::holds_alternative<outcome::NotSent>(outcome), "an answer to something that was not sent");
  const auto* accepted = std::get_if<outcome::Accepted>(&outcome);
  if (!accepted) return;
  check(accepted->amount == request.amount, "a success for another amount");
  if (accepted->as == AcceptedAs::captured || accepted->as == AcceptedAs::refunded)
    check(content["out_trade_no"].text() == "att_1", "money for another order");
}

void fuzz_answer(const Account& account, std::uint8_t choice, std::string_view text) {
  const auto content = json::parse(text);
  if (!content || !content->root().is(json::Kind::object)) return;
  const ConnectorRequest request = request_of(choice);
  const ConnectorContext context{account.credentials, "https://openapi.alipay.com", Instant{}, seconds(300),
                                 account.prepared.get()};
  const Alipay connector;
  for (const std::string_view method :
       {"alipay_trade_precreate", "alipay_trade_create", "alipay_trade_pay", "alipay_trade_cancel",
        "alipay_trade_refund", "alipay_trade_query", "alipay_trade_fastpay_refund_query"}) {
    http::Response answer;
    answer.body = "{\"" + std::string(method) + "_response\":" + std::string(text) + ",\"sign\":\"" +
                  signature_of(text) + "\"}";
    const Step step = connector.resume(request, context, answer);
    // A void asks before it cancels: what an answer leads to may be a further request.
    if (const auto* done = std::get_if<step::Done>(&step))
      check_outcome(request, content->root(), done->outcome);
    const AskStep asked = connector.resume_ask(request, context, 0, answer);
    const auto* answered = std::get_if<ask::Done>(&asked);
    const auto* found = answered ? std::get_if<finding::Found>(&answered->finding) : nullptr;
    if (found) check_outcome(request, content->root(), found->outcome);
    static_cast<void>(connector.read_fence(request, context, answer));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  static const Account account;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 'n')
    fuzz_callback(account, text);
  else
    fuzz_answer(account, data[0], text);
  return 0;
}
