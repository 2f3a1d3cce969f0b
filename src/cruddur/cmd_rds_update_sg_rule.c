/* cmd_rds_update_sg_rule.c - opens the database's port to the address one works
 * from: one rule of a security group gets a new source. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "cruddur/cmd.h"
#include "cruddur/settings.h"

enum { POSTGRES_PORT = 5432 };

static void add(struct buf *form, const char *name, const char *value)
{
    buf_printf(form, "%s%s=", form->n > 0 ? "&" : "", name);
    for (; *value != '\0'; value++) {
        unsigned char c = (unsigned char)*value;
        if (isalnum(c) || strchr("-_.~", c) != NULL)
            buf_byte(form, *value);
        else
            buf_printf(form, "%%%02X", c);
    }
}

static void fill(struct buf *form, const char *group, const char *rule, const char *ip)
{
#define RULE "SecurityGroupRule.1.SecurityGroupRule."
    char port[8], cidr[64];
    snprintf(port, sizeof(port), "%d", POSTGRES_PORT);
    snprintf(cidr, sizeof(cidr), "%s/32", ip);
    add(form, "Action", "ModifySecurityGroupRules");
    add(form, "Version", "2016-11-15");
    add(form, "GroupId", group);
    add(form, "SecurityGroupRule.1.SecurityGroupRuleId", rule);
    add(form, RULE "Description", "GITPOD");
    add(form, RULE "IpProtocol", "tcp");
    add(form, RULE "FromPort", port);
    add(form, RULE "ToPort", port);
    add(form, RULE "CidrIpv4", cidr);
    buf_byte(form, '\0');
}

static int send_form(const struct cmd_args *a, const char *form)
{
    struct ddb_error err;
    char *xml = NULL;
    struct ddb *ddb = ddb_new(&(struct ddb_options){.service = "ec2",
                                                    .endpoint = settings_endpoint("EC2", a->prod),
                                                    .any_credentials = !a->prod},
                              &err);
    bool good = ddb != NULL && ddb_call_query(ddb, "ec2", form, &xml, &err);
    ddb_free(ddb);
    if (!good)
        return cmd_fail("update-sg-rule", &err);
    bool done = strstr(xml, "<return>true</return>") != NULL;
    printf("{\n    \"Return\": %s\n}\n", done ? "true" : "false");
    free(xml);
    return done ? 0 : 1;
}

static int run(const struct cmd_args *a)
{
    static const char *const names[] = {"DB_SG_ID", "DB_SG_RULE_ID", "GITPOD_IP"};
    const char *value[COUNT_OF(names)];
    struct in_addr ip;
    cmd_heading("rds-update-sg-rule");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        value[i] = settings_env((const char *const[]){names[i], NULL}, NULL);
        if (value[i] == NULL) {
            fprintf(stderr, "cruddur: %s is not set\n", names[i]);
            return 1;
        }
    }
    if (inet_pton(AF_INET, value[2], &ip) != 1) {
        fprintf(stderr, "cruddur: GITPOD_IP is not an IPv4 address: %s\n", value[2]);
        return 1;
    }
    struct buf form = {0};
    fill(&form, value[0], value[1], value[2]);
    int status = send_form(a, form.p);
    buf_free(&form);
    return status;
}

const struct cmd cmd_rds_update_sg_rule = {
    .noun = "rds",
    .verb = "update-sg-rule",
    .args = "",
    .help = "open port 5432 to GITPOD_IP (rule DB_SG_RULE_ID of DB_SG_ID)",
    .run = run,
};
