#include "api/native/contact.hpp"

#include <initializer_list>
#include <utility>

#include "base/json_writer.hpp"

namespace payweir::api::native {
namespace {

void copy_texts(Fields& fields, std::initializer_list<std::string_view> members, json::Writer& out) {
  for (const std::string_view member : members)
    if (const std::string value = fields.text(member); !value.empty()) out.field(member, value);
}

void write_address(Fields& fields, json::Writer& out) {
  copy_texts(fields,
             {"first_name", "last_name", "line1", "line2", "line3", "city", "state", "zip", "country"}, out);
}

}  // namespace

std::string bind_contact(Fields fields) {
  if (!fields.present()) return "";
  json::Writer out(256);
  out.begin_object();
  if (Fields address = fields.object("address"); address.present()) {
    out.key("address").begin_object();
    write_address(address, out);
    out.end_object();
  }
  if (Fields phone = fields.object("phone"); phone.present()) {
    out.key("phone").begin_object();
    copy_texts(phone, {"number", "country_code"}, out);
    out.end_object();
  }
  if (const std::string email = fields.email("email"); !email.empty()) out.field("email", email);
  out.end_object();
  return std::move(out).take();
}

std::string bind_address(Fields fields) {
  if (!fields.present()) return "";
  json::Writer out(256);
  out.begin_object();
  write_address(fields, out);
  out.end_object();
  return std::move(out).take();
}

std::string complete_contact(std::string contact_json, const PayerHints& hints) {
  if (hints.empty()) return contact_json;
  const Result<json::Document> contact = json::parse(contact_json.empty() ? "{}" : contact_json);
  const Result<json::Document> other = json::parse(hints.address_json.empty() ? "{}" : hints.address_json);
  if (!contact || !other) return contact_json;
  const json::Value root = contact->root();
  const json::Value address = root["address"].present() ? root["address"] : other->root();
  json::Writer out(256);
  out.begin_object().key("address").begin_object();
  for (json::Value member = address.first(); member.present(); member = member.next())
    out.field(member.key(), member.text());
  const bool has_name = address["first_name"].present() || address["last_name"].present();
  if (!has_name && !hints.name.empty()) out.field("first_name", hints.name);
  if (!address["country"].present() && !hints.country.empty()) out.field("country", hints.country);
  out.end_object();
  if (root["phone"].present()) out.raw_field("phone", root["phone"].dump());
  const std::string_view email = root["email"].present() ? root["email"].text() : hints.email;
  if (!email.empty()) out.field("email", email);
  out.end_object();
  return std::move(out).take();
}

}  // namespace payweir::api::native
