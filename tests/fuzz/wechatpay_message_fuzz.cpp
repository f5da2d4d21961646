// What WeChat Pay sends, rightly signed, whatever it says: the first byte chooses a callback or the answer to
// an operation, the rest is the callback's sealed content or the answer's body. No success is for another
// amount or order than was asked for.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <variant>

#include "base/check.hpp"
#include "base/json_writer.hpp"
#include "connectors/wechatpay/credentials.hpp"
#include "connectors/wechatpay/notification.hpp"
#include "connectors/wechatpay/wechatpay.hpp"
#include "crypto/aead.hpp"
#include "crypto/encoding.hpp"
#include "crypto/rsa.hpp"
#include "sandbox/wechatpay/test_keys.hpp"

namespace {

using namespace payweir;

constexpr std::string_view kKeyId = "PUB_KEY_ID_0000000000000001";
constexpr Instant kNow{1'795'000'000'000};

const crypto::RsaPrivateKey& platform_key() {
  static const crypto::RsaPrivateKey key =
      *crypto::RsaPrivateKey::parse(sandbox::wechatpay::kTestPlatformPrivateKey);
  return key;
}

struct Account {
  ConnectorCredentials credentials;
  std::shared_ptr<const wechatpay::Credentials> prepared;
  Account() {
    credentials.auth_type = "WechatPay";
    credentials.set("mchid", Secret(std::string(sandbox::wechatpay::kTestMchid)));
    credentials.set("appid", Secret(std::string(sandbox::wechatpay::kTestAppid)));
    credentials.set("serial_no", Secret(std::string(sandbox::wechatpay::kTestMerchantSerial)));
    credentials.set("private_key", Secret(std::string(sandbox::wechatpay::kTestMerchantPrivateKey)));
    credentials.set("apiv3_key", Secret(std::string(sandbox::wechatpay::kTestApiV3Key)));
    credentials.set("public_key_id", Secret(std::string(kKeyId)));
    credentials.set("public_key", Secret(crypto::to_base64(platform_key().public_key().to_der())));
    prepared = *wechatpay::Credentials::read(credentials);
  }
};

http::Headers signed_headers(std::string_view body) {
  const std::string timestamp = std::to_string(kNow.ms / 1000), nonce = "n";
  const std::string text = timestamp + "\n" + nonce + "\n" + std::string(body) + "\n";
  http::Headers headers;
  headers.set("Wechatpay-Timestamp", timestamp);
  headers.set("Wechatpay-Nonce", nonce);
  headers.set("Wechatpay-Serial", kKeyId);
  headers.set("Wechatpay-Signature", crypto::to_base64(platform_key().sign_sha256(text)));
  return headers;
}

void fuzz_callback(const Account& account, std::string_view content) {
  const std::string nonce = "0123456789ab";
  json::Writer out;
  out.begin_object().field("id", "EV-1").field("event_type", "TRANSACTION.SUCCESS");
  out.key("resource").begin_object().field("algorithm", "AEAD_AES_256_GCM").field("nonce", nonce);
  out.field("associated_data", "transaction");
  out.field("ciphertext", crypto::to_base64(crypto::aes256gcm_seal(sandbox::wechatpay::kTestApiV3Key, nonce,
                                                                   "transaction", content)));
  out.end_object().end_object();
  const std::string body = std::move(out).take();
  const auto event =
      wechatpay::read_notification(signed_headers(body), body, *account.prepared, kNow, seconds(300));
  if (event) check(event->event_id == "EV-1", "a callback under another name");
}

ConnectorRequest request_of(std::uint8_t choice) {
  static constexpr OperationKind kKinds[] = {OperationKind::authorise, OperationKind::void_authorisation,
                                             OperationKind::refund};
  static constexpr PaymentMethod kMethods[] = {
      PaymentMethod::we_chat_pay_qr, PaymentMethod::we_chat_pay_jsapi, PaymentMethod::we_chat_pay_redirect,
      PaymentMethod::we_chat_pay_barcode};
  ConnectorRequest request;
  request.kind = kKinds[choice % std::size(kKinds)];
  request.method = kMethods[choice / 3 % std::size(kMethods)];
  request.payer_was_told = choice / 12 % 2 == 1;
  request.attempt_reference = "att_1";
  request.operation_reference = "opn_1";
  request.amount = request.payment_amount = {100, Currency::parse("CNY").value()};
  return request;
}

void check_outcome(const ConnectorRequest& request, int status, bool is_signed, const Outcome& outcome) {
  check(!std::holds_alternative<outcome::NotSent>(outcome), "an answer to something that was not sent");
  const bool moves_money =
      request.kind != OperationKind::authorise || request.method == PaymentMethod::we_chat_pay_barcode;
  const bool decides = !std::holds_alternative<outcome::Unknown>(outcome);
  check(is_signed || !moves_money || !decides, "an answer that nobody signed decided about money");
  const auto* accepted = std::get_if<outcome::Accepted>(&outcome);
  if (!accepted) return;
  check(accepted->amount == request.amount, "a success for another amount");
  if (accepted->as == AcceptedAs::captured || accepted->as == AcceptedAs::refunded)
    check(status < 300, "a failure was taken for a success");
}

void fuzz_answer(const Account& account, std::uint8_t choice, std::string_view text) {
  static constexpr int kStatuses[] = {200, 202, 204, 400, 403, 404, 429, 500};
  const ConnectorRequest request = request_of(choice);
  const ConnectorContext context{account.credentials, "https://api.mch.weixin.qq.com", kNow,
                                 seconds(300),        account.prepared.get(),          std::string(16, 'r')};
  const WechatPay connector;
  const http::Headers genuine = signed_headers(text);
  for (const bool is_signed : {true, false}) {
    for (const int status : kStatuses) {
      http::Response answer;
      answer.status = status;
      answer.body = text;
      if (is_signed) answer.headers = genuine;
      const Step step = connector.resume(request, context, answer);
      check_outcome(request, status, is_signed, std::get<step::Done>(step).outcome);
      const AskStep asked = connector.resume_ask(request, context, 0, answer);
      const auto* done = std::get_if<ask::Done>(&asked);
      const auto* found = done ? std::get_if<finding::Found>(&done->finding) : nullptr;
      if (found) check_outcome(request, status, is_signed, found->outcome);
      const FenceAnswer fence = connector.read_fence(request, context, answer);
      check(is_signed || fence == FenceAnswer::unclear, "an answer that nobody signed was taken for a fence");
    }
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
