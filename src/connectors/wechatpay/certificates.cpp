#include "connectors/wechatpay/certificates.hpp"

#include <algorithm>
#include <memory>

#include "base/json_reader.hpp"
#include "connectors/wechatpay/request.hpp"
#include "connectors/wechatpay/signature.hpp"
#include "crypto/aead.hpp"
#include "crypto/certificate.hpp"
#include "crypto/encoding.hpp"

namespace payweir::wechatpay {
namespace {

constexpr json::Limits kLimits{.depth_max = 8, .keys_max = 1000};
constexpr std::string_view kAlgorithm = "AEAD_AES_256_GCM";
// WeChat Pay has one, and two while it changes them.
constexpr std::size_t kCertificatesMax = 16;

const PlatformCertificates* fetched_of(const ConnectorContext& context) {
  return static_cast<const PlatformCertificates*>(context.artefact.get());
}

std::unexpected<Error> malformed(std::string why) {
  return fail(Code::connector_answer_malformed, "", "WeChat Pay's platform certificates: " + std::move(why));
}

Result<PlatformCertificates::Certificate> open_certificate(json::Value each, const Credentials& credentials) {
  const json::Value sealed = each["encrypt_certificate"];
  if (sealed["algorithm"].text() != kAlgorithm) return malformed("sealed in a way that is not known");
  const Result<std::string> bytes = crypto::from_base64(sealed["ciphertext"].text());
  const Result<std::string> pem =
      bytes ? crypto::aes256gcm_open(credentials.apiv3_key.reveal(), sealed["nonce"].text(),
                                     sealed["associated_data"].text(), *bytes)
            : fail(bytes.error());
  if (!pem)
    return fail(Code::connector_credentials_invalid, "connector_account_details.apiv3_key",
                "WeChat Pay's platform certificates do not open with this APIv3 key");
  const auto certificates = crypto::parse_certificates(*pem);
  if (!certificates || certificates->size() != 1) return malformed("one is not a certificate");
  const crypto::Certificate& certificate = certificates->front();
  if (!is_serial(certificate.serial_hex, each["serial_no"].text()))
    return malformed("one has another serial number than it is listed by");
  Result<crypto::RsaPublicKey> key = crypto::RsaPublicKey::parse(certificate.pem);
  if (!key) return malformed(key.error().detail);
  return PlatformCertificates::Certificate{
      {certificate.serial_hex, std::move(*key)}, certificate.not_before, certificate.not_after};
}

Result<void> check_refusal(const http::Response& answer) {
  if (answer.status == 200) return {};
  const auto document = json::parse(answer.body, kLimits);
  const std::string words = document ? std::string(document->root()["code"].text()) + " " +
                                           std::string(document->root()["message"].text())
                                     : std::to_string(answer.status);
  // A merchant of the public key has none.
  if (answer.status == 404)
    return fail(
        Code::connector_credentials_invalid, "connector_account_details.public_key",
        "WeChat Pay has no platform certificates for this merchant, whose public_key_id and public_key "
        "are needed: " +
            words);
  if (answer.status == 401 || answer.status == 403)
    return fail(Code::connector_credentials_invalid, "connector_account_details",
                "WeChat Pay refuses: " + words);
  return fail(Code::gateway_unclear, "", "WeChat Pay gives no certificates: " + words);
}

}  // namespace

const crypto::RsaPublicKey* PlatformCertificates::find(std::string_view serial, Instant now) const {
  const auto found =
      std::ranges::find_if(all, [&](const Certificate& each) { return is_serial(each.key.serial, serial); });
  const bool is_good = found != all.end() && found->not_before <= now && now < found->not_after;
  return is_good ? &found->key.key : nullptr;
}

const crypto::RsaPublicKey* Trust::find(std::string_view serial, Instant now) const {
  const crypto::RsaPublicKey* const configured = credentials.find_platform_key(serial);
  return configured != nullptr || fetched == nullptr ? configured : fetched->find(serial, now);
}

Trust trust_of(const ConnectorContext& context) {
  return {credentials_of(context), fetched_of(context)};
}

Result<FetchedArtefact> read_certificates(const ConnectorContext& context, const http::Response& answer) {
  if (Result<void> good = check_refusal(answer); !good) return fail(std::move(good.error()));
  const auto document = json::parse(answer.body, kLimits);
  if (!document) return malformed("the answer is no JSON");
  const Credentials& credentials = credentials_of(context);
  const json::Value data = document->root()["data"];
  if (data.size() == 0 || data.size() > kCertificatesMax) return malformed("there are none, or too many");
  auto read = std::make_shared<PlatformCertificates>();
  for (json::Value each = data.first(); each.present(); each = each.next()) {
    Result<PlatformCertificates::Certificate> certificate = open_certificate(each, credentials);
    if (!certificate) return fail(std::move(certificate.error()));
    read->all.push_back(std::move(*certificate));
  }
  if (const PlatformCertificates* const before = fetched_of(context))
    for (const PlatformCertificates::Certificate& each : before->all) {
      const bool is_listed =
          std::ranges::any_of(read->all, [&](const PlatformCertificates::Certificate& other) {
            return other.key.serial == each.key.serial;
          });
      if (!is_listed && context.now < each.not_after && read->all.size() < kCertificatesMax)
        read->all.push_back(each);
    }
  // Only who has the APIv3 key could seal them; that nobody kept an old answer back, the signature shows.
  if (Result<void> genuine = verify(answer.headers, answer.body, {credentials, read.get()}, context.now,
                                    context.callback_tolerance);
      !genuine)
    return fail(Code::signature_mismatch, "",
                "WeChat Pay's platform certificates: " + genuine.error().detail);
  return FetchedArtefact{std::move(read), context.now + kRefreshEvery};
}

}  // namespace payweir::wechatpay
