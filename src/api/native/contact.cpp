#include "api/native/contact.hpp"

#include <initializer_list>
#include <utility>

#include "base/json_writer.hpp"

namespace payweir::api::native {
namespace {

void copy_texts(Fields fields, std::string_view name, std::initializer_list<std::string_view> members,
                json::Writer& out) {
  if (!fields.present()) return;
  out.key(name).begin_object();
  for (const std::string_view member : members)
    if (const std::string value = fields.text(member); !value.empty()) out.field(member, value);
  out.end_object();
}

}  // namespace

std::string bind_contact(Fields fields) {
  if (!fields.present()) return "";
  json::Writer out(256);
  out.begin_object();
  copy_texts(fields.object("address"), "address",
             {"first_name", "last_name", "line1", "line2", "line3", "city", "state", "zip", "country"}, out);
  copy_texts(fields.object("phone"), "phone", {"number", "country_code"}, out);
  if (const std::string email = fields.email("email"); !email.empty()) out.field("email", email);
  out.end_object();
  return std::move(out).take();
}

}  // namespace payweir::api::native
