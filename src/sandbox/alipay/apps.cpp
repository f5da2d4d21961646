#include "sandbox/alipay/apps.hpp"

#include <utility>
#include <vector>

#include "base/check.hpp"
#include "crypto/certificate.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "sandbox/alipay/test_keys.hpp"
#include "sandbox/certificate_issuer.hpp"

namespace payweir::sandbox::alipay {
namespace {

constexpr std::size_t kIdMax = 32;
// Of the certificates that the sandbox issues itself: 2020-01-01 to 2049-01-01.
constexpr Instant kCertificatesFrom{1'577'836'800'000}, kCertificatesUntil{2'493'072'000'000};
constexpr std::string_view kRootSerial = "7061797765697201", kAlipaySerial = "7061797765697202";

// https://opendocs.alipay.com/common/02kdnc, section on serial numbers: MD5 over issuer and decimal number.
std::string serial_of(const crypto::Certificate& certificate) {
  return crypto::to_hex(crypto::md5(certificate.issuer_reversed + certificate.serial_decimal));
}

std::string root_serial_of(const std::vector<crypto::Certificate>& certificates) {
  std::string joined;
  for (const crypto::Certificate& certificate : certificates) {
    if (!certificate.is_signed_with_rsa) continue;
    if (!joined.empty()) joined += '_';
    joined += serial_of(certificate);
  }
  return joined;
}

Result<std::string> text_field(json::Value value, const char* field) {
  if (value[field].empty()) return std::string();
  if (!value[field].is(json::Kind::string)) return fail(Code::wrong_type, field, "a text is needed");
  return std::string(value[field].text());
}

Error named(Error error, std::string field) {
  error.field = std::move(field);
  return error;
}

struct Fields {
  std::string app_id, app_public_key, app_cert, alipay_private_key, alipay_cert, root_cert, aes_key,
      seller_id;
};

Result<Fields> read_fields(json::Value value) {
  Fields fields;
  const std::pair<const char*, std::string Fields::*> table[] = {
      {"app_id", &Fields::app_id},           {"app_public_key", &Fields::app_public_key},
      {"app_cert", &Fields::app_cert},       {"alipay_private_key", &Fields::alipay_private_key},
      {"alipay_cert", &Fields::alipay_cert}, {"alipay_root_cert", &Fields::root_cert},
      {"aes_key", &Fields::aes_key},         {"seller_id", &Fields::seller_id},
  };
  for (const auto& [name, member] : table) {
    auto text = text_field(value, name);
    if (!text) return std::unexpected(text.error());
    fields.*member = *std::move(text);
  }
  if (fields.app_id.empty()) return fail(Code::missing_field, "app_id", "needed");
  if (fields.app_id.size() > kIdMax) return fail(Code::invalid_value, "app_id", "up to 32 characters");
  if (fields.app_public_key.empty() == fields.app_cert.empty())
    return fail(Code::missing_field, "app_public_key", "this or app_cert is needed, not both");
  return fields;
}

Result<std::vector<crypto::Certificate>> read_certificates(const std::string& pem, const char* field) {
  auto certificates = crypto::parse_certificates(pem);
  if (!certificates) return std::unexpected(named(certificates.error(), field));
  return certificates;
}

// The sandbox's own certificates for a key, where the tester brings none.
void issue_certificates(App& app, Fields& fields) {
  const CertificateWords root{.serial_hex = std::string(kRootSerial),
                              .issuer = "Payweir sandbox root R1",
                              .subject = "Payweir sandbox root R1",
                              .not_before = kCertificatesFrom,
                              .not_after = kCertificatesUntil,
                              .is_authority = true};
  CertificateWords leaf = root;
  leaf.serial_hex = kAlipaySerial;
  leaf.subject = "Payweir sandbox Alipay";
  leaf.is_authority = false;
  if (fields.root_cert.empty())
    fields.root_cert = issue_certificate(root, gateway_key().public_key(), gateway_key());
  if (fields.alipay_cert.empty())
    fields.alipay_cert = issue_certificate(leaf, app.sign.public_key(), gateway_key());
}

Result<void> use_certificates(App& app, Fields& fields) {
  issue_certificates(app, fields);
  const auto own = read_certificates(fields.app_cert, "app_cert");
  const auto alipay = read_certificates(fields.alipay_cert, "alipay_cert");
  const auto root = read_certificates(fields.root_cert, "alipay_root_cert");
  if (!own) return std::unexpected(own.error());
  if (!alipay) return std::unexpected(alipay.error());
  if (!root) return std::unexpected(root.error());
  const auto key = crypto::RsaPublicKey::parse(fields.alipay_cert);
  if (!key || key->to_der() != app.sign.public_key().to_der())
    return fail(Code::invalid_value, "alipay_cert", "not the certificate of alipay_private_key");
  app.app_cert_sn = serial_of(own->front());
  app.alipay_cert_sn = serial_of(alipay->front());
  app.root_cert_sn = root_serial_of(*root);
  if (app.root_cert_sn.empty())
    return fail(Code::invalid_value, "alipay_root_cert", "none of them is signed with RSA");
  app.alipay_cert = fields.alipay_cert;
  app.root_cert = fields.root_cert;
  return {};
}

}  // namespace

const crypto::RsaPrivateKey& gateway_key() {
  static const crypto::RsaPrivateKey key = [] {
    auto parsed = crypto::RsaPrivateKey::parse(kTestGatewayPrivateKey);
    check(parsed.has_value(), "the test key cannot be read");
    return *std::move(parsed);
  }();
  return key;
}

Result<std::shared_ptr<App>> Apps::enroll(json::Value value, orders::OrderBooks& books) {
  auto fields = read_fields(value);
  if (!fields) return std::unexpected(fields.error());
  const std::string& verify_text = fields->app_cert.empty() ? fields->app_public_key : fields->app_cert;
  auto verify = crypto::RsaPublicKey::parse(verify_text);
  if (!verify)
    return std::unexpected(named(verify.error(), fields->app_cert.empty() ? "app_public_key" : "app_cert"));
  crypto::RsaPrivateKey sign = gateway_key();
  if (!fields->alipay_private_key.empty()) {
    auto own = crypto::RsaPrivateKey::parse(fields->alipay_private_key);
    if (!own) return std::unexpected(named(own.error(), "alipay_private_key"));
    sign = *std::move(own);
  }
  App app{.id = fields->app_id, .seller_id = fields->seller_id, .verify = *verify, .sign = sign};
  if (app.seller_id.empty()) app.seller_id = kTestSellerId;
  if (!fields->app_cert.empty())
    if (const auto used = use_certificates(app, *fields); !used) return std::unexpected(used.error());
  if (!fields->aes_key.empty()) {
    auto key = crypto::from_base64(fields->aes_key);
    if (!key || key->size() != 16) return fail(Code::invalid_value, "aes_key", "base64 of 16 bytes");
    app.aes_key = *std::move(key);
  }
  const auto known = apps_.find(app.id);
  if (known == apps_.end() && apps_.size() >= kAppsMax)
    return fail(Code::invalid_value, "app_id", "1000 applications are registered already");
  app.account = books.account_of(app.id);
  if (known != apps_.end()) {
    *known->second = std::move(app);  // whoever holds it uses the new keys from now on
    return known->second;
  }
  auto made = std::make_shared<App>(std::move(app));
  apps_.emplace(made->id, made);
  by_account_[made->account] = made;
  return made;
}

void Apps::enroll_demo(orders::OrderBooks& books) {
  const auto own = crypto::RsaPrivateKey::parse(kTestAppPrivateKey);
  check(own.has_value(), "the test key cannot be read");
  json::Writer out;
  out.begin_object().field("app_id", kTestAppId).field("seller_id", kTestSellerId);
  out.field("app_public_key", crypto::to_base64(own->public_key().to_der())).end_object();
  const auto document = json::parse(out.view());
  check(document.has_value() && enroll(document->root(), books).has_value(),
        "the demo application is refused");
}

std::shared_ptr<App> Apps::find(std::string_view app_id) const {
  const auto known = apps_.find(app_id);
  return known == apps_.end() ? nullptr : known->second;
}

void write_app(json::Writer& out, const App& app) {
  out.begin_object().field("app_id", app.id).field("seller_id", app.seller_id);
  out.field("alipay_public_key", crypto::to_base64(app.sign.public_key().to_der()));
  out.text_or_null("app_cert_sn", app.app_cert_sn).text_or_null("alipay_root_cert_sn", app.root_cert_sn);
  out.text_or_null("alipay_cert_sn", app.alipay_cert_sn).text_or_null("alipay_cert", app.alipay_cert);
  out.text_or_null("alipay_root_cert", app.root_cert).field("encrypts", !app.aes_key.empty());
  out.field("seller_balance_is_low", app.seller_balance_is_low).end_object();
}

}  // namespace payweir::sandbox::alipay
