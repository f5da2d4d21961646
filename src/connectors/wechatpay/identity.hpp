#pragma once
// Who pays inside WeChat: OAuth of an official account with scope snsapi_base, which asks the payer nothing
// and gives an openid and no more:
// https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
#include "connectors/payer_identification.hpp"

namespace payweir::wechatpay {

class Identity final : public PayerIdentification {
 public:
  [[nodiscard]] PaymentMethod method() const override { return PaymentMethod::we_chat_pay_jsapi; }
  // With an app_secret.
  [[nodiscard]] bool is_possible(const ConnectorContext& context) const override;

  [[nodiscard]] std::string begin_identify(const IdentityHosts& hosts, const ConnectorContext& context,
                                           std::string_view way_back, std::string_view state) const override;
  // Neither signed nor answered with a signature: what vouches for the answer is TLS.
  [[nodiscard]] http::Request exchange(const IdentityHosts& hosts, const ConnectorContext& context,
                                       const Secret& code) const override;
  [[nodiscard]] Result<std::string> read_identity(const ConnectorContext& context,
                                                  const http::Response& answer) const override;
};

}  // namespace payweir::wechatpay
