#pragma once
// WeChat Pay as a gateway model: API v3 with Native, JSAPI, app, H5 and barcode payments, refunds,
// certificates, callbacks and bills. The sandbox's README says what is modelled.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/gateway_model.hpp"
#include "sandbox/wechatpay/call.hpp"
#include "sandbox/wechatpay/routes.hpp"
#include "sandbox/wire_faults.hpp"

namespace payweir::sandbox::wechatpay {

class WechatPayModel final : public GatewayModel {
 public:
  WechatPayModel();

  [[nodiscard]] std::string_view name() const override { return "wechatpay"; }
  void set_public_url(std::string url) override { state_.public_url = std::move(url); }
  [[nodiscard]] Reaction handle(const http::Request& request, Instant now, Draws& draws) override;
  [[nodiscard]] Reaction control(const http::Request& request, Instant now, Draws& draws) override;
  [[nodiscard]] std::vector<Callback> advance(Instant now, Draws& draws) override;
  [[nodiscard]] std::optional<Instant> next_due() const override { return state_.due.next(); }
  [[nodiscard]] std::string books() const override;
  void reset() override;

  // For an owner in the same process, such as the simulator: the same as through control().
  [[nodiscard]] FaultPlan& faults() { return faults_; }
  [[nodiscard]] const State& state() const { return state_; }

 private:
  [[nodiscard]] Reaction serve(const http::Request& request, Instant now, Draws& draws);
  // A late one was received before, and a fault held it back.
  [[nodiscard]] Reaction serve_api(const http::Request& request, Instant now, Draws& draws, bool is_late);
  [[nodiscard]] Reply execute(const http::Request& request, const Route& route, Merchant& merchant,
                              const std::optional<Fault>& fault, Instant now, Draws& draws);
  // `merchant` is nullptr when nobody knows who asked.
  [[nodiscard]] http::Response respond(const Reply& reply, const Merchant* merchant, Instant now,
                                       Draws& draws) const;
  // The callbacks that it caused, and the time that its answer takes for their sake.
  void complete(Reaction& reaction, Instant now, Draws& draws);
  void happen(const orders::Due& due, Draws& draws);
  // Of the public URL: what stands in front of the paths of the API.
  [[nodiscard]] std::string_view prefix() const;

  State state_;
  FaultPlan faults_;
};

}  // namespace payweir::sandbox::wechatpay
