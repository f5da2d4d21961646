#include "sandbox/wechatpay/certificates.hpp"

#include "crypto/aead.hpp"
#include "crypto/encoding.hpp"
#include "sandbox/china_time.hpp"

namespace payweir::sandbox::wechatpay {

Reply list_certificates(Call& call) {
  const PlatformKey& platform = call.merchant.platform;
  if (platform.certificate.empty())
    return std::unexpected(Problem{
        .status = 404, .code = "RESOURCE_NOT_EXISTS", .message = "无可用的平台证书，请使用微信支付公钥"});
  constexpr std::string_view kAssociatedData = "certificate";
  const std::string nonce = call.draws.token(12);
  const std::string sealed =
      crypto::aes256gcm_seal(call.merchant.apiv3_key, nonce, kAssociatedData, platform.certificate);
  json::Writer out;
  out.begin_object().key("data").begin_array().begin_object().field("serial_no", platform.id);
  out.field("effective_time", format_china_rfc3339(kCertificatesFrom));
  out.field("expire_time", format_china_rfc3339(kCertificatesUntil));
  out.key("encrypt_certificate").begin_object().field("algorithm", "AEAD_AES_256_GCM").field("nonce", nonce);
  out.field("associated_data", kAssociatedData).field("ciphertext", crypto::to_base64(sealed)).end_object();
  out.end_object().end_array().end_object();
  return Answer{.body = std::move(out).take()};
}

}  // namespace payweir::sandbox::wechatpay
