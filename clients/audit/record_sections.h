// Sections that the record of art. 30 and the assessment of art. 35 share, in
// Danish. Pure.
#ifndef SAMKOER_CLIENTS_AUDIT_RECORD_SECTIONS_H_
#define SAMKOER_CLIENTS_AUDIT_RECORD_SECTIONS_H_

#include <string>

#include "clients/alerts/html.h"
#include "clients/audit/processing_record.h"

namespace samkoer::clients {

// "familie", "bolig og økonomi": a domain in Danish.
std::string DomainText(v1::Domain domain);

// What stands under every such page's title: of when it is, and on what it
// rests.
Html MadeParagraph(const ProcessingRecord& record, const TextStyle& style);
// Departments and units: whose data, which domains.
Html DepartmentsTable(const v1::Policy& policy);
// Legal bases: text, domains, ages.
Html LegalBasesTable(const v1::Policy& policy);
// How long things are kept.
Html RetentionTable(const v1::Policy& policy);
// The fields of a case record, each with its meaning.
Html FieldsTable();
// What the system does to protect the data.
Html SecurityList(const ProcessingRecord& record, const TextStyle& style);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_RECORD_SECTIONS_H_
