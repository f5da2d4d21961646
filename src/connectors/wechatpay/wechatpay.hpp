#pragma once
// WeChat Pay: API v3 for a merchant of one's own, by code, phone browser, app, official account and barcode.
// Stateless; one object serves every account and thread.
#include "connectors/connector.hpp"

namespace payweir {

class WechatPay final : public Connector {
 public:
  [[nodiscard]] const Capabilities& capabilities() const override;

  // What an app or a page inside WeChat hands over is signed in resume(), with the answer at hand.
  [[nodiscard]] Step begin(const ConnectorRequest& request, const ConnectorContext& context) const override;
  [[nodiscard]] Step resume(const ConnectorRequest& request, const ConnectorContext& context,
                            const http::Response& answer) const override;

  // By our order number, and for a refund by our refund number. A close that is not seen to have been
  // executed is sent once more: it is about the same order, and does nothing twice.
  [[nodiscard]] AskStep ask(const ConnectorRequest& request, const ConnectorContext& context) const override;
  [[nodiscard]] AskStep resume_ask(const ConnectorRequest& request, const ConnectorContext& context,
                                   int round, const http::Response& answer) const override;

  // An order is closed, and cannot be paid then; a barcode payment is reversed. A refund that is not found a
  // while after it could have arrived was not executed: the query is consistent.
  [[nodiscard]] Fence fence(const ConnectorRequest& request) const override;
  [[nodiscard]] http::Request begin_fence(const ConnectorRequest& request,
                                          const ConnectorContext& context) const override;
  [[nodiscard]] FenceAnswer read_fence(const ConnectorRequest& request, const ConnectorContext& context,
                                       const http::Response& answer) const override;

  [[nodiscard]] Result<GatewayEvent> read_webhook(const http::Headers& headers, std::string_view body,
                                                  const ConnectorContext& context) const override;
  [[nodiscard]] bool may_overturn(std::string_view event_type) const override;

  [[nodiscard]] Result<std::shared_ptr<const PreparedCredentials>> prepare(
      const ConnectorCredentials& credentials) const override;
  [[nodiscard]] http::Request begin_verify(const ConnectorContext& context) const override;
  [[nodiscard]] Result<void> read_verify(const ConnectorContext& context,
                                         const http::Response& answer) const override;

  [[nodiscard]] bool needs_artefact(const ConnectorContext& context) const override;
  [[nodiscard]] http::Request begin_artefact(const ConnectorContext& context) const override;
  [[nodiscard]] Result<FetchedArtefact> read_artefact(const ConnectorContext& context,
                                                      const http::Response& answer) const override;
  [[nodiscard]] std::vector<CertificateTerm> certificates(const ConnectorContext& context) const override;

  [[nodiscard]] Result<http::Request> begin_statement(std::string_view day,
                                                      const ConnectorContext& context) const override;
  [[nodiscard]] Result<StatementSource> read_statement_answer(std::string_view day,
                                                              const ConnectorContext& context,
                                                              const http::Response& answer) const override;

  [[nodiscard]] const PayerIdentification* payer_identification() const override;
};

}  // namespace payweir
