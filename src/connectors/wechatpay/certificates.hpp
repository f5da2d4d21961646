#pragma once
// WeChat Pay's platform certificates, fetched: GET /v3/certificates, whose answer is sealed under the APIv3
// key and signed with one of the very certificates in it. To be asked for at least every twelve hours:
// https://pay.weixin.qq.com/doc/v3/merchant/4012551764, read 2026-11-22.
#include <vector>

#include "base/http.hpp"
#include "connectors/connector.hpp"
#include "connectors/wechatpay/credentials.hpp"

namespace payweir::wechatpay {

inline constexpr Duration kRefreshEvery = hours(12);

class PlatformCertificates final : public Artefact {
 public:
  struct Certificate {
    PlatformKey key;
    Instant not_before, not_after;
  };
  // nullptr: none of that name, or none that is good now.
  [[nodiscard]] const crypto::RsaPublicKey* find(std::string_view serial, Instant now) const;

  std::vector<Certificate> all;
};

// Who is believed to be WeChat Pay: the keys of the credentials, and the certificates that were fetched.
struct Trust {
  Trust(const Credentials& with, const PlatformCertificates* and_these = nullptr)  // NOLINT: is one or more
      : credentials(with), fetched(and_these) {}
  [[nodiscard]] const crypto::RsaPublicKey* find(std::string_view serial, Instant now) const;

  const Credentials& credentials;
  const PlatformCertificates* fetched;
};
[[nodiscard]] Trust trust_of(const ConnectorContext& context);

// What read_artefact() says. Certificates of `context.artefact` that go on being good stay, so that what was
// signed before a change is believed after it.
[[nodiscard]] Result<FetchedArtefact> read_certificates(const ConnectorContext& context,
                                                        const http::Response& answer);

}  // namespace payweir::wechatpay
