"""Makes a Samba Active Directory domain in FOLDER, with an account that may read what a synchronisation needs.

Usage: SambaDomain.py FOLDER REALM ADDRESS ADMINISTRATOR_PASSWORD READER_PASSWORD

samba-tool is not enough: it wants to set access control lists in /var/lib/samba/sysvol, which takes root.
"""

import logging
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.provision import provision
from samba.samdb import SamDB

folder, realm, address, administrator_password, reader_password = sys.argv[1:]
settings = LoadParm()
settings.load("/dev/null")
settings.set("ldb:nosync", "true")
made = provision(
    logging.getLogger(), system_session(), targetdir=folder, realm=realm, domain=realm.split(".")[0], hostname="dc1",
    hostip=address, hostip6=None, adminpass=administrator_password, serverrole="active directory domain controller",
    dns_backend="NONE", dom_for_fun_level=4, lp=settings, skip_sysvolacl=True)
samdb = SamDB(made.samdb.url, session_info=system_session(made.lp), lp=made.lp)

samdb.newuser("reader", reader_password)
samdb.setexpiry("(sAMAccountName=reader)", 0, no_expiry_req=True)
found = samdb.search(expression="(sAMAccountName=reader)", attrs=["objectSid"])
reader = ndr_unpack(security.dom_sid, found[0]["objectSid"][0])

# The right to ask for changes (DS-Replication-Get-Changes), and to see what is deleted.
base = str(samdb.domain_dn())
for dn, right in (
        (base, f"(OA;;CR;1131f6aa-9c07-11d1-f79f-00c04fc2dcd2;;{reader})"),
        (f"CN=Deleted Objects,{base}", f"(A;CI;LCRPLORC;;;{reader})")):
    controls = ["show_deleted:1", "sd_flags:1:4"]
    entry = samdb.search(dn, scope=ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=controls)[0]
    text = ndr_unpack(security.descriptor, entry["nTSecurityDescriptor"][0]).as_sddl()
    first = text.index("(")
    descriptor = security.descriptor.from_sddl(
        text[:first] + right + text[first:], security.dom_sid(samdb.get_domain_sid()))
    change = ldb.Message()
    change.dn = entry.dn
    change["descriptor"] = ldb.MessageElement(ndr_pack(descriptor), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor")
    samdb.modify(change, controls=controls)
