#pragma once
// House: a gateway's model with its chance and its clock, as the contract's tests see it.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.hpp"
#include "sandbox/gateway_model.hpp"

namespace payweir::contract {

struct House {
  explicit House(std::unique_ptr<sandbox::GatewayModel> its_model);

  // Where the connector is told to find it.
  [[nodiscard]] std::string base_url() const;
  // A request as the connector built it, and what the gateway answers. Callbacks gather below.
  http::Response answer(const http::Request& request);
  // What the tester asks of the model. Requires: the model does it.
  json::Document control(std::string target, std::string body);
  void wait(Duration span);
  // The totals of all accounts: they change when money does, and not before.
  [[nodiscard]] std::string money() const;

  std::unique_ptr<sandbox::GatewayModel> model;
  sandbox::Draws draws{1};
  Instant now{1'795'000'000'000};  // 2026-11-18
  std::vector<http::Request> callbacks;

 private:
  void keep(std::vector<sandbox::Callback> sent);
};

}  // namespace payweir::contract
