#include "sandbox/wechatpay/merchants.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/check.hpp"
#include "crypto/certificate.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "sandbox/certificate_issuer.hpp"
#include "sandbox/wechatpay/test_keys.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

constexpr std::size_t kIdMax = 32, kSerialMax = 40, kApiV3KeySize = 32;
constexpr std::string_view kPublicKeyPrefix = "PUB_KEY_ID_";

Error named(Error error, std::string field) {
  error.field = std::move(field);
  return error;
}

Result<std::string> text_field(json::Value value, const char* field, bool is_needed) {
  if (value[field].empty()) {
    if (is_needed) return fail(Code::missing_field, field, "needed");
    return std::string();
  }
  if (!value[field].is(json::Kind::string)) return fail(Code::wrong_type, field, "a text is needed");
  return std::string(value[field].text());
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

bool is_serial(std::string_view text) {
  return !text.empty() && text.size() <= kSerialMax &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

crypto::RsaPrivateKey test_key(std::string_view pem) {
  auto key = crypto::RsaPrivateKey::parse(pem);
  check(key.has_value(), "the test key cannot be read");
  return *std::move(key);
}

// A serial number that follows from the key: rotating to the same key gives the same name.
std::string serial_of(const crypto::RsaPrivateKey& key) {
  std::string serial = upper(crypto::to_hex(crypto::sha256(key.public_key().to_der()))).substr(0, kSerialMax);
  serial.front() = '5';  // neither zero in front nor a sign bit
  return serial;
}

PlatformKey with_certificate(const crypto::RsaPrivateKey& key, std::string serial) {
  PlatformKey platform{.sign = key, .id = std::move(serial)};
  platform.certificate = issue_certificate({.serial_hex = platform.id,
                                            .issuer = "Payweir sandbox WeChat Pay CA",
                                            .subject = "Payweir sandbox WeChat Pay platform",
                                            .not_before = kCertificatesFrom,
                                            .not_after = kCertificatesUntil},
                                           key.public_key(), key);
  return platform;
}

// The platform's key as the fields ask for it, or `otherwise` under a name that follows from it.
Result<PlatformKey> read_platform_key(json::Value value, const crypto::RsaPrivateKey& otherwise) {
  const auto text = text_field(value, "platform_private_key", false);
  const auto serial = text_field(value, "platform_serial", false);
  const auto public_key_id = text_field(value, "public_key_id", false);
  if (!text) return std::unexpected(text.error());
  if (!serial) return std::unexpected(serial.error());
  if (!public_key_id) return std::unexpected(public_key_id.error());
  crypto::RsaPrivateKey key = otherwise;
  if (!text->empty()) {
    auto own = crypto::RsaPrivateKey::parse(*text);
    if (!own) return std::unexpected(named(own.error(), "platform_private_key"));
    key = *std::move(own);
  }
  if (!public_key_id->empty()) {
    if (!public_key_id->starts_with(kPublicKeyPrefix) || !serial->empty())
      return fail(Code::invalid_value, "public_key_id", "PUB_KEY_ID_…, and no platform_serial beside it");
    return PlatformKey{.sign = key, .id = *public_key_id, .certificate = {}};
  }
  if (!serial->empty() && !is_serial(*serial))
    return fail(Code::invalid_value, "platform_serial", "up to 40 hexadecimal digits");
  return with_certificate(key, serial->empty() ? serial_of(key) : upper(*serial));
}

}  // namespace

const PlatformKey& platform_key() {
  static const PlatformKey key = [] {
    const crypto::RsaPrivateKey own = test_key(kTestPlatformPrivateKey);
    return with_certificate(own, serial_of(own));
  }();
  return key;
}

Result<std::shared_ptr<Merchant>> Merchants::enroll(json::Value value, orders::OrderBooks& books) {
  const auto mchid = text_field(value, "mchid", true);
  const auto appid = text_field(value, "appid", true);
  const auto apiv3_key = text_field(value, "apiv3_key", true);
  const auto public_key = text_field(value, "merchant_public_key", false);
  const auto certificate = text_field(value, "merchant_cert", false);
  const auto serial = text_field(value, "serial_no", false);
  const auto app_secret = text_field(value, "app_secret", false);
  for (const auto* field : {&mchid, &appid, &apiv3_key, &public_key, &certificate, &serial, &app_secret})
    if (!*field) return std::unexpected(field->error());
  if (mchid->size() > kIdMax || appid->size() > kIdMax)
    return fail(Code::invalid_value, mchid->size() > kIdMax ? "mchid" : "appid", "up to 32 characters");
  if (apiv3_key->size() != kApiV3KeySize)
    return fail(Code::invalid_value, "apiv3_key", "32 characters are needed");
  if (public_key->empty() == certificate->empty())
    return fail(Code::missing_field, "merchant_public_key", "this or merchant_cert is needed, not both");
  const char* field = public_key->empty() ? "merchant_cert" : "merchant_public_key";
  const auto verify = crypto::RsaPublicKey::parse(public_key->empty() ? *certificate : *public_key);
  if (!verify) return std::unexpected(named(verify.error(), field));
  std::string merchant_serial = upper(*serial);
  if (merchant_serial.empty() && !certificate->empty()) {
    const auto parsed = crypto::parse_certificates(*certificate);
    if (!parsed) return std::unexpected(named(parsed.error(), "merchant_cert"));
    merchant_serial = parsed->front().serial_hex;
  }
  if (!is_serial(merchant_serial))
    return fail(Code::invalid_value, "serial_no", "up to 40 hexadecimal digits, or a merchant_cert");
  auto platform = read_platform_key(value, platform_key().sign);
  if (!platform) return std::unexpected(platform.error());
  const auto known = merchants_.find(*mchid);
  if (known == merchants_.end() && merchants_.size() >= kMerchantsMax)
    return fail(Code::invalid_value, "mchid", "1000 merchants are registered already");
  Merchant merchant{.mchid = *mchid,
                    .appid = *appid,
                    .account = books.account_of(*mchid),
                    .verify = *verify,
                    .serial = std::move(merchant_serial),
                    .apiv3_key = *apiv3_key,
                    .app_secret = *app_secret,
                    .platform = *std::move(platform)};
  if (known != merchants_.end()) {
    *known->second = std::move(merchant);  // whoever holds it uses the new keys from now on
    return known->second;
  }
  auto made = std::make_shared<Merchant>(std::move(merchant));
  merchants_.emplace(made->mchid, made);
  by_account_[made->account] = made;
  return made;
}

Result<std::shared_ptr<Merchant>> Merchants::rotate(json::Value value) {
  const auto mchid = text_field(value, "mchid", true);
  if (!mchid) return std::unexpected(mchid.error());
  const auto merchant = find(*mchid);
  if (!merchant) return fail(Code::invalid_value, "mchid", "no such merchant");
  static const crypto::RsaPrivateKey next = test_key(kTestNextPlatformPrivateKey);
  const std::string current = merchant->platform.sign.public_key().to_der();
  auto platform =
      read_platform_key(value, current == next.public_key().to_der() ? platform_key().sign : next);
  if (!platform) return std::unexpected(platform.error());
  if (platform->id == merchant->platform.id)
    return fail(Code::invalid_value, "platform_serial", "another name than before is needed");
  merchant->platform = *std::move(platform);
  return merchant;
}

void Merchants::enroll_demo(orders::OrderBooks& books) {
  json::Writer out;
  out.begin_object().field("mchid", kTestMchid).field("appid", kTestAppid).field("apiv3_key", kTestApiV3Key);
  out.field("app_secret", kTestAppSecret).field("serial_no", kTestMerchantSerial);
  out.field("merchant_public_key", to_pem(test_key(kTestMerchantPrivateKey).public_key())).end_object();
  const auto document = json::parse(out.view());
  check(document.has_value() && enroll(document->root(), books).has_value(), "the demo merchant is refused");
}

std::shared_ptr<Merchant> Merchants::find(std::string_view mchid) const {
  const auto known = merchants_.find(mchid);
  return known == merchants_.end() ? nullptr : known->second;
}

std::shared_ptr<Merchant> Merchants::find_official_account(std::string_view appid) const {
  for (const auto& [id, merchant] : merchants_)
    if (merchant->appid == appid && !merchant->app_secret.empty()) return merchant;
  return nullptr;
}

void write_merchant(json::Writer& out, const Merchant& merchant) {
  const bool has_certificate = !merchant.platform.certificate.empty();
  out.begin_object().field("mchid", merchant.mchid).field("appid", merchant.appid);
  out.field("serial_no", merchant.serial);
  out.text_or_null("platform_serial", has_certificate ? merchant.platform.id : "");
  out.text_or_null("platform_certificate", merchant.platform.certificate);
  out.text_or_null("public_key_id", has_certificate ? "" : merchant.platform.id);
  out.field("platform_public_key", to_pem(merchant.platform.sign.public_key()));
  out.field("balance_is_low", merchant.balance_is_low).end_object();
}

}  // namespace payweir::sandbox::wechatpay
