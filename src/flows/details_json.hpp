#pragma once
// How a struct of optional texts is kept in a row's `details`: one table of {name, member} a struct, used
// both ways; what is empty is left out. Names in a table are never changed, because rows of every age are
// read with them.
#include <span>
#include <string>
#include <string_view>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"

namespace payweir::flows {

enum class DetailKind : bool {
  text,
  json,  // checked JSON of any type, kept as it came, compact
};

template <class Details>
struct DetailMember {
  std::string_view name;
  DetailKind kind;
  std::string Details::* member;
};

template <class Details>
void write_details(json::Writer& out, const Details& details,
                   std::span<const DetailMember<Details>> members) {
  for (const DetailMember<Details>& entry : members) {
    const std::string& value = details.*entry.member;
    if (value.empty()) continue;
    if (entry.kind == DetailKind::text)
      out.field(entry.name, value);
    else
      out.raw_field(entry.name, value);
  }
}

template <class Details>
void read_details(json::Value object, Details& details, std::span<const DetailMember<Details>> members) {
  for (const DetailMember<Details>& entry : members) {
    const json::Value value = object[entry.name];
    if (!value.present()) continue;
    details.*entry.member = entry.kind == DetailKind::text ? std::string(value.text()) : value.dump();
  }
}

// What `changes` says replaces what `details` says; what it leaves empty stays.
template <class Details>
void merge_details(Details& details, const Details& changes, std::span<const DetailMember<Details>> members) {
  for (const DetailMember<Details>& entry : members)
    if (const std::string& value = changes.*entry.member; !value.empty()) details.*entry.member = value;
}

}  // namespace payweir::flows
