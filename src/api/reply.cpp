#include "api/reply.hpp"

#include <utility>

namespace payweir::api {

Reply json_reply(std::string body, int status) {
  Reply reply;
  reply.response.status = status;
  reply.response.headers.set("content-type", "application/json");
  reply.response.body = std::move(body);
  return reply;
}

Reply answer_reply(flows::Answer answer) {
  Reply reply = json_reply(std::move(answer.body), answer.status);
  if (answer.replayed) reply.response.headers.set("idempotent-replayed", "true");
  reply.gateway_us = answer.gateway_us;
  return reply;
}

Reply redirect_reply(std::string_view location) {
  Reply reply;
  reply.response.status = 302;
  reply.response.headers.set("location", location);
  return reply;
}

}  // namespace payweir::api
